"""Entry of a child: waits for one run on descriptor 3, executes it, reports on descriptor 4 (docs/sandbox.md)."""

import sys

_folder = __file__.rpartition("/")[0]
sys.path.insert(0, _folder)

from narae_child.main import main  # noqa: E402  (the path is needed first: -I leaves it out)

sys.path.remove(_folder)

main(_folder)
