"""Entry of the Python installer: takes orders from the Lambda Runtime API, one after the other (docs/callbacks.md)."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from narae_installer.service import serve  # noqa: E402  (the path is needed first: -I leaves it out)

serve()
