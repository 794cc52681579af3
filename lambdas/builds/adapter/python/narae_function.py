"""Handler of a deployed function: what a sandbox does for `invoke`, for requests to a function's address.

Beside it in the package: `narae/`, the parts of the sandbox that it is made of; `app/`, the user's files; `packages/`,
what those asked for; `narae.json`, which says what module of the user's is called.
"""

import os
import sys

_ROOT = os.path.dirname(os.path.realpath(__file__))
_HARNESS = os.path.join(_ROOT, "narae")
sys.path.insert(0, _HARNESS)

from narae_adapter.app import App  # noqa: E402  (the path is needed first)

sys.path.remove(_HARNESS)

_app = App(_ROOT, _HARNESS)


def handler(event, context):
    return _app.answer(event, context)
