"""A worker: a process per order, in the isolation that the environment names, with a deadline."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

# See docs/contracts/callbacks.md#build. Resolving is the smaller part of it.
DEADLINES_S = {"resolve": 60, "install": 120}
_WORK = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "work.py")
# What tells pip where packages come from. Nothing else of ours: no credentials of the function's role.
_PASSED_ON = ("PIP_", "SSL_CERT_", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "LD_LIBRARY_PATH")


class WorkerFailed(Exception):
    """It ended without an answer; the message says what it printed last."""


def run(order):
    """The worker's answer, or that it took too long. Raises WorkerFailed, KeyError for an unknown order."""
    limit = DEADLINES_S[order["do"]]
    scratch = tempfile.mkdtemp(prefix="install-")
    try:
        return _answer(order, scratch, limit)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _answer(order, scratch, limit):
    launcher = json.loads(os.environ.get("NARAE_CHILD_LAUNCHER") or "[]")
    command = [part.replace("{scratch}", scratch) for part in launcher]
    worker = subprocess.Popen(
        [*command, sys.executable, "-I", "-B", _WORK],
        env=_environment(scratch),
        cwd=scratch,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        answer, errors = worker.communicate(json.dumps(order), timeout=limit)
    except subprocess.TimeoutExpired:
        return {"ok": False, "reason": f"library could not be installed within {limit} s"}
    finally:
        _end(worker)
    if worker.returncode != 0:
        raise WorkerFailed(f"exit code {worker.returncode}: {errors[-2000:]}")
    return json.loads(answer)


def _end(worker):
    """With all that it started."""
    try:
        os.killpg(worker.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    worker.wait()


def _environment(scratch):
    passed_on = {name: value for name, value in os.environ.items() if name.upper().startswith(_PASSED_ON)}
    path = f"{os.path.dirname(sys.executable)}:/usr/local/bin:/usr/bin:/bin"
    return {**passed_on, "PATH": path, "HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8", "TZ": "UTC"}
