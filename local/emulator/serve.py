"""Runs MiniStack with what a stack needs that people leave running for days: what it acknowledged is kept.

Environment, beside MiniStack's own: NARAE_SNAPSHOT_SECONDS (0: no snapshots but those that an answer waits for),
NARAE_PARENT_PID, NARAE_JOURNAL (off: nothing is kept before the answer, only at a clean stop; for benchmarks).
"""

import ctypes
import os
import signal
import sys

from ministack import app as emulator
from narae_emulator import insights, metrics, quirks
from narae_emulator.durable import Durable


def stop_with_parent() -> None:
    """SIGTERM for us when the parent dies, however it dies: then the state is still written."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    expected = os.environ.get("NARAE_PARENT_PID")
    if expected and os.getppid() != int(expected):
        sys.exit("The process that started the emulator is gone.")


if __name__ == "__main__":
    quirks.check()
    stop_with_parent()
    quirks.leave_logs_of_forwarded_invokes_to_us()
    quirks.let_functions_sign_by_name()
    insights.install()
    metrics.install()
    if os.environ.get("NARAE_JOURNAL") != "off":
        emulator.app = Durable(emulator.app)
    emulator.main()
