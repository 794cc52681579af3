"""The calls of prctl(2) that have no name in the standard library."""

import ctypes

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option, value):
    """Returns whether the kernel did it."""
    return _libc.prctl(option, value, 0, 0, 0) == 0


def guard_supervisor():
    """Orphans of a run become our children; and user code of the same user id can't read our memory or environment."""
    if not prctl(PR_SET_CHILD_SUBREAPER, 1):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
    prctl(PR_SET_DUMPABLE, 0)
