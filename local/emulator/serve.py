"""Runs MiniStack (1.5.33) with what a stack needs that people leave running for days.

MiniStack writes its state only when it is stopped cleanly. Here it is also written while it runs, it stops cleanly when
the process that started it is gone, and what would grow without end is kept short. Each patch is described, with its
reason, in local/emulator-quirks.ts.

Environment, beside MiniStack's own: NARAE_SNAPSHOT_SECONDS (0: no snapshots), NARAE_PARENT_PID.
"""

import asyncio
import ctypes
import logging
import os
import signal
import sys
import time

from ministack import app as emulator
from ministack.core import persistence

SNAPSHOT_SECONDS = float(os.environ.get("NARAE_SNAPSHOT_SECONDS", "10"))
SNAPSHOT_TIME_LIMIT_SECONDS = 60
# A large state takes long to write, and whoever works meanwhile notices: at most this part of the time goes into it.
SNAPSHOT_SHARE = 1 / 20
LOG_EVENTS_KEPT_PER_GROUP = 20_000
READS = ("Get", "BatchGet", "TransactGet", "Query", "Scan", "List", "Describe", "Receive", "Head")

log = logging.getLogger("narae.snapshots")


def stop_with_parent() -> None:
    """SIGTERM for us when the parent dies, however it dies: then the state is still written."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    expected = os.environ.get("NARAE_PARENT_PID")
    if expected and os.getppid() != int(expected):
        sys.exit("The process that started the emulator is gone.")


class Snapshots:
    """An ASGI application around MiniStack's that writes its state every few seconds while something changes."""

    def __init__(self, inner):
        self.inner = inner
        self.changed = False
        self.child = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] != "lifespan":
            self.changed = self.changed or may_change_state(scope)
            await self.inner(scope, receive, send)
            return
        loop = asyncio.create_task(self._snapshot_when_changed())

        async def receive_after_stop():
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                # MiniStack writes everything now; a snapshot that ends later would put older state over it.
                loop.cancel()
                self._end_child()
                keep_newest_log_events()
            return message

        await self.inner(scope, receive_after_stop, send)

    async def _snapshot_when_changed(self):
        took = 0.0
        while SNAPSHOT_SECONDS > 0:
            await asyncio.sleep(max(SNAPSHOT_SECONDS, took / SNAPSHOT_SHARE))
            if not self.changed:
                continue
            self.changed = False
            began = time.monotonic()
            keep_newest_log_events()
            self.child = os.fork()
            if self.child == 0:
                write_snapshot_and_exit()
            while (ended := os.waitpid(self.child, os.WNOHANG))[0] == 0:
                await asyncio.sleep(0.05)
            self.child = 0
            took = time.monotonic() - began
            if ended[1] != 0:
                log.warning("A snapshot was not written (status %d); the next one will be.", ended[1])
                self.changed = True

    def _end_child(self):
        if self.child:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
            self.child = 0


def write_snapshot_and_exit() -> None:
    """In a forked child: its memory is a consistent picture of the state, and the emulator goes on meanwhile.

    A fork of a process with threads may find a lock held for ever; the alarm ends such a child, and the next snapshot
    takes its place. Files are moved into place together at the end, each whole.
    """
    try:
        logging.disable(logging.INFO)  # one line per service and snapshot says nothing
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SNAPSHOT_TIME_LIMIT_SECONDS)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the emulator's connections are not ours to keep open
        os.nice(5)
        target = persistence.STATE_DIR
        draft = os.path.join(target, ".snapshot")
        persistence.STATE_DIR = draft
        keep_code_until_clean_stop()
        os.makedirs(draft, exist_ok=True)
        persistence.save_all(emulator._build_persistence_save_dict())
        for name in os.listdir(draft):
            os.replace(os.path.join(draft, name), os.path.join(target, name))
        os._exit(0)
    except BaseException:
        log.exception("snapshot failed")
        os._exit(1)


def keep_code_until_clean_stop() -> None:
    """Code of functions is kept beside the state and removed when no function has it any more. Not by a snapshot: until
    it is in place, the older state is what a crash would come back to."""
    lambda_svc = sys.modules.get("ministack.services.lambda_svc")
    if lambda_svc is not None:
        lambda_svc._prune_orphan_code_blobs = lambda referenced: None


def may_change_state(scope) -> bool:
    if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    for name, value in scope["headers"]:
        if name == b"x-amz-target":
            return not value.decode("latin-1").rpartition(".")[2].startswith(READS)
    # What a function does to the state arrives as requests of its own.
    return not scope["path"].startswith("/_aws/execute-api/")


def keep_newest_log_events() -> None:
    logs = sys.modules.get("ministack.services.cloudwatch_logs")
    if logs is None:
        return
    for group in list(logs._log_groups._data.values()):
        streams = group["streams"]
        newest_first = sorted(streams, key=lambda name: streams[name]["lastEventTimestamp"] or 0, reverse=True)
        kept = 0
        for name in newest_first:
            if kept >= LOG_EVENTS_KEPT_PER_GROUP:
                del streams[name]
                continue
            kept += len(streams[name]["events"])


def leave_logs_of_forwarded_invokes_to_us() -> None:
    from ministack.services import lambda_svc

    emit = lambda_svc._emit_lambda_logs

    def emit_unless_forwarded(func, *args, **kwargs):
        if lambda_svc._proxy_url_for(func.get("config") or func) is None:
            emit(func, *args, **kwargs)

    lambda_svc._emit_lambda_logs = emit_unless_forwarded


if __name__ == "__main__":
    stop_with_parent()
    leave_logs_of_forwarded_invokes_to_us()
    emulator.app = Snapshots(emulator.app)
    emulator.main()
