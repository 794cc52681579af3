"""Entry of the toolchain: takes orders from the Lambda Runtime API, one after the other (narae_toolchain)."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from narae_toolchain.service import serve  # noqa: E402  (the path is needed first: -I leaves it out)

serve()
