"""Inside a worker: nothing is reached from here but the scratch folder."""

import json
import os
import sys

from . import check, componentize
from .source_tree import BadSource, unpack

_ORDERS = {"check": check.check, "componentize": componentize.componentize}


def work():
    """One order, from standard input to standard output."""
    answers = _private_output()
    os.chdir(os.environ["HOME"])
    order = json.loads(sys.stdin.buffer.readline())
    try:
        unpack(sys.stdin.buffer.read(), "source")
        answer, made = _ORDERS[order["do"]](order)
    except BadSource as error:
        answer, made = {"ok": False, "errorCode": "BUILD_ERROR", "reason": str(error)}, b""
    with answers:
        answers.write(json.dumps(answer).encode() + b"\n" + made)


def _private_output():
    """What others print in this process goes to standard error: an answer must be all there is where answers go."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers
