"""Entry of a worker: one order and its source on standard input, one answer and what was made on standard output."""

import os
import sys

_folder = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [_folder, os.path.join(_folder, "packages")]

from narae_toolchain.working import work  # noqa: E402  (the path is needed first: -I leaves it out)

work()
