"""Entry of a worker: one order on standard input, one answer on standard output."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from narae_installer.failure import Refused, RegistryUnavailable  # noqa: E402  (the path is needed first: see installer.py)
from narae_installer.install import install  # noqa: E402
from narae_installer.resolve import resolve  # noqa: E402


def work(order):
    try:
        if order["do"] == "resolve":
            return {"ok": True, **resolve(order["requirements"])}
        return {"ok": True, **install(order["lock"], order["uploadUrl"])}
    except Refused as error:
        return {"ok": False, "reason": str(error)}
    except RegistryUnavailable as error:
        return {"unavailable": str(error)}


os.chdir(os.environ["HOME"])
print(json.dumps(work(json.load(sys.stdin))), flush=True)
