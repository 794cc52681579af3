"""Exit codes that a launcher also answers with for signals: said to the supervisor before the process has them."""

import atexit
import os

# A launcher that waits for its program tells of a signal as a shell does.
SHELL_SIGNAL_BASE = 128


def announce(code, reports):
    """The process is about to end with the exit code `code` (0..255). In a fork of user code: nothing."""
    if code > SHELL_SIGNAL_BASE and reports.is_ours:
        try:
            reports.say_exiting(code)
        except OSError:
            pass  # user code closed the way


def code_of(error):
    """The exit code of a SystemExit that nobody catches."""
    if error.code is None:
        return 0
    return error.code & 0xFF if isinstance(error.code, int) else 1


class LastWord:
    """The exit code of a program that goes on to its threads and `atexit`: announced after both, where it is true."""

    def __init__(self, reports):
        self.code = 0
        # What is registered first comes last.
        atexit.register(lambda: announce(self.code, reports))


def announce_direct_ones(reports):
    """os._exit passes everything by, and so has to say it itself."""
    end = os._exit

    def _exit(status):
        try:
            if isinstance(status, int):
                announce(status & 0xFF, reports)
        finally:
            end(status)

    _exit.__doc__ = end.__doc__
    os._exit = _exit
