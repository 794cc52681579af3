"""The end of a run's processes: all killed, all waited for."""

import os
import signal
import select
import time

# Far beyond what the kernel needs; a process that is still there then can't be killed by us.
KILL_TIMEOUT_S = 2
FREEZE_ROUNDS = 50


def stop(tree):
    """Stops all processes, so that none forks away while the others are killed, and figures stand still."""
    stopped = set()
    for _ in range(FREEZE_ROUNDS):
        new = [pid for pid in tree.update(thorough=True) if pid not in stopped]
        if not new:
            return
        for pid in new:
            _signal(pid, signal.SIGSTOP)
        stopped.update(new)


class Remains:
    """What is known when the processes of a run are gone."""

    def __init__(self, exit_status, child_peak_bytes, clean):
        self.exit_status = exit_status
        self.child_peak_bytes = child_peak_bytes
        # False: something could not be killed, and this environment must not be used again.
        self.clean = clean


def end(tree, child):
    """Kills and reaps everything of the run. Returns Remains.

    All that descends from the run is our child once its own parent is gone, so we are done when we have no child left.
    """
    deadline = time.monotonic() + KILL_TIMEOUT_S
    reap(tree, child)
    while True:
        for pid in tree.update(thorough=True):
            _signal(pid, signal.SIGKILL)
        if child.exit_status is None:
            select.select([child.exited], [], [], 0.05)
        else:
            time.sleep(0.0005)
        reap(tree, child)
        clean = not _has_children()
        if clean or time.monotonic() > deadline:
            return Remains(child.exit_status, child.peak_bytes, clean)


def reap(tree, child):
    """Waits for all that has ended."""
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        tree.note_reaped(pid, int((usage.ru_utime + usage.ru_stime) * 1e9))
        if pid == child.pid:
            child.exit_status = os.waitstatus_to_exitcode(status)
            child.peak_bytes = usage.ru_maxrss * 1024


def _has_children():
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return True
    except ChildProcessError:
        return False


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it has ended by itself
    except PermissionError:
        pass  # a program with another user's rights: Remains will tell
