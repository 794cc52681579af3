"""The way to the supervisor: the run comes in on descriptor 3, reports go out where descriptor 4 pointed.

Functions of `os` are taken at import: user code may replace them later.
"""

import fcntl
import json
import os
import time

RUN_IN, RESULT_OUT = 3, 4
# Reports move here, out of the way of user code that opens, closes or writes to low descriptors.
HIGH_DESCRIPTOR = 900
READ_BYTES = 1 << 20

_read, _write, _close, _fstat, _getpid = os.read, os.write, os.close, os.fstat, os.getpid
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def say_warm():
    _write(RESULT_OUT, b"warm\n")


def receive():
    """Waits for the run. Returns (the order as a dict, CPU ns used since it began to arrive), or None: no run came."""
    chunks = [_read(RUN_IN, READ_BYTES)]
    cpu_before = time.process_time_ns()
    while chunks[-1]:
        chunks.append(_read(RUN_IN, READ_BYTES))
    _close(RUN_IN)
    if len(chunks) == 1:
        return None
    return json.loads(b"".join(chunks)), cpu_before


class Channel:
    def __init__(self, token, cpu_before_ns):
        try:
            self._descriptor = fcntl.fcntl(RESULT_OUT, fcntl.F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR)
        except OSError:
            self._descriptor = os.dup(RESULT_OUT)  # fewer descriptors are allowed
        _close(RESULT_OUT)
        self._pipe = _identity(self._descriptor)
        self._mark = token.encode()
        self._cpu_before_ns = cpu_before_ns
        self._pid = _getpid()

    def say_start(self):
        cpu = time.process_time_ns() - self._cpu_before_ns
        self._say(b"start", _encode({"at": time.monotonic_ns(), "cpu": cpu}).encode())

    def say_result(self, json_bytes, truncated):
        self._say(b"result", (b"1 " if truncated else b"0 ") + json_bytes)

    def say_error(self, error):
        self._say(b"error", _encode(error).encode("utf-8", "backslashreplace"))

    def say_exiting(self, code):
        self._say(b"exiting", str(code).encode())

    @property
    def is_ours(self):
        """False in a process that user code forked: it has nothing to report."""
        return _getpid() == self._pid

    def _say(self, kind, rest):
        """Raises OSError where user code closed the way."""
        if _identity(self._descriptor) != self._pipe:
            raise OSError("the descriptor is another one now")  # which might never take what is written
        # The line end in front ends whatever user code may have written.
        data = memoryview(b"\n" + self._mark + b" " + kind + b" " + rest + b"\n")
        while data:
            data = data[_write(self._descriptor, data) :]


def _identity(descriptor):
    status = _fstat(descriptor)
    return status.st_dev, status.st_ino
