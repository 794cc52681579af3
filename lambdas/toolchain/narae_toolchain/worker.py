"""A worker: a process per order, in the isolation that the environment names, with a deadline."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

_FOLDER = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
_WORK = os.path.join(_FOLDER, "work.py")


class WorkerFailed(Exception):
    """It ended without an answer; the message says what it printed last."""


class TookTooLong(Exception):
    """The deadline came first."""


def run(order, source, limit_s):
    """(the worker's answer, bytes that it made). Raises WorkerFailed, TookTooLong."""
    scratch = tempfile.mkdtemp(prefix="toolchain-")
    try:
        return _answer(order, source, scratch, limit_s)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _answer(order, source, scratch, limit_s):
    launcher = json.loads(os.environ.get("NARAE_CHILD_LAUNCHER") or "[]")
    command = [part.replace("{scratch}", scratch).replace("{libraries}", _FOLDER) for part in launcher]
    worker = subprocess.Popen(
        [*command, sys.executable, "-I", "-B", _WORK],
        env=_environment(scratch),
        cwd=scratch,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        said, errors = worker.communicate(json.dumps(order).encode() + b"\n" + source, timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise TookTooLong from None
    finally:
        _end(worker)
    if worker.returncode != 0:
        raise WorkerFailed(f"exit code {worker.returncode}: {errors[-2000:].decode(errors='replace')}")
    answer, _, made = said.partition(b"\n")
    return json.loads(answer), made


def _end(worker):
    """With all that it started."""
    try:
        os.killpg(worker.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    worker.wait()
    for stream in (worker.stdin, worker.stdout, worker.stderr):
        stream.close()


def _environment(scratch):
    """Nothing of ours: no credentials of the function's role."""
    passed_on = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    path = f"{os.path.dirname(sys.executable)}:/usr/local/bin:/usr/bin:/bin"
    return {**passed_on, "PATH": path, "HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8", "TZ": "UTC"}
