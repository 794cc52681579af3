"""Entry of the Python sandbox: takes runs from the Lambda Runtime API, one after the other (docs/sandbox.md)."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from narae_supervisor.service import serve  # noqa: E402  (the path is needed first: -I leaves it out)

serve()
