"""What /proc says about processes. All readers answer None (or nothing) for a process that is gone."""

import os

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


class Stat:
    """The fields of /proc/[pid]/stat that we use; times in ns."""

    __slots__ = ("parent", "own_cpu_ns", "reaped_cpu_ns", "threads", "started")

    def __init__(self, fields):
        self.parent = int(fields[1])
        self.own_cpu_ns = (int(fields[11]) + int(fields[12])) * TICK_NS
        self.reaped_cpu_ns = (int(fields[13]) + int(fields[14])) * TICK_NS
        self.threads = int(fields[17])
        self.started = fields[19]


def stat(pid):
    text = _read(f"/proc/{pid}/stat")
    # The name stands in parentheses and may hold anything; the fields after it start with the state.
    return Stat(text[text.rfind(b")") + 2 :].split()) if text else None


def cpu_ns(pid, known):
    """CPU time of a process and of the children it has waited for, ns; `known` is its Stat.

    The scheduler's own figures have ns, but only for living threads; stat counts all in ticks of 10 ms.
    """
    threads = 0
    for thread in _list(f"/proc/{pid}/task"):
        text = _read(f"/proc/{pid}/task/{thread}/schedstat")
        threads += int(text.split(b" ", 1)[0]) if text else 0
    return max(threads, known.own_cpu_ns) + known.reaped_cpu_ns


def resident_bytes(pid):
    text = _read(f"/proc/{pid}/statm")
    return int(text.split(b" ", 2)[1]) * PAGE_BYTES if text else 0


def peak_resident_bytes(pid):
    return _kilobytes(f"/proc/{pid}/status", b"VmHWM:") or 0


def proportional_bytes(pid):
    """Resident memory with shared pages counted in proportion; None where the kernel does not tell."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", b"Pss:")


def last_pid():
    """The newest process or thread id of our PID namespace: as long as it stays, nothing was forked."""
    text = _read("/proc/loadavg")
    return int(text.rsplit(b" ", 1)[1]) if text else None


def all_pids():
    return [int(name) for name in _list("/proc") if name.isdigit()]


def children(pid, threads):
    """Pids whose parent `pid` is; `threads` is how many it has.

    One may be missing while another one ends: good enough for a look among many, not for the last one.
    """
    if threads == 1:
        return _children_of_thread(pid, pid)
    return [child for thread in _list(f"/proc/{pid}/task") for child in _children_of_thread(pid, thread)]


def _children_of_thread(pid, thread):
    return [int(child) for child in (_read(f"/proc/{pid}/task/{thread}/children") or b"").split()]


# Kernels may be built without it.
TELLS_CHILDREN = os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children")


def owner(pid):
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None


def _kilobytes(path, name):
    for line in (_read(path) or b"").split(b"\n"):
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return None


def _list(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def _read(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:
        return None
    finally:
        os.close(descriptor)
