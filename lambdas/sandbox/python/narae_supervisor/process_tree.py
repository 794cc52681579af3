"""The processes of a run: found, counted, measured."""

import os

from . import proc

# Beyond this many processes shared memory is no longer told apart: reading it costs about 0.1 ms each.
SHARED_MEMORY_PROCESSES = 64


class ProcessTree:
    """All that descends from us while a run is going.

    We are the subreaper of our descendants (prctl.py): whoever loses its parent becomes our child, so that nobody
    leaves the tree by forking twice or by starting a session of its own.
    """

    def __init__(self, root):
        self._ancestor = os.getpid()
        self._root = root
        self._stats = {}
        self._newest_seen = (root - 1, root - 1)
        self._launcher = frozenset()
        self._cpu_ns = 0
        self._reaped_cpu_ns = 0
        self.peak_bytes = 0
        self.update()

    @property
    def pids(self):
        return list(self._stats)

    def update(self, thorough=False):
        """Looks who came and who went. Returns the pids that are alive.

        `thorough`: looks at all processes younger than the child, not only at those since the last look.
        """
        for pid, known in list(self._stats.items()):
            now = proc.stat(pid)
            if now is None or now.started != known.started:
                del self._stats[pid]
            else:
                self._stats[pid] = now
        # After that: what one of them made before it ended is there to be found.
        self._find_new(thorough)
        return self.pids

    def _find_new(self, thorough):
        newest = proc.last_pid()
        before, last = self._newest_seen
        if not thorough and newest is not None and newest == before == last:
            return
        self._newest_seen = (last, newest)
        if proc.TELLS_CHILDREN and not thorough:
            self._follow_children()
            return
        # Of two looks ago: a process that is being made has its id before it can be seen.
        since = self._root - 1 if thorough else before
        # Ids start again from the lowest.
        wrapped = newest is None or since is None or newest < since
        candidates = {}
        for pid in proc.all_pids():
            if pid in self._stats or not (wrapped or pid > since):
                continue
            known = proc.stat(pid)
            if known:
                candidates[pid] = known
        found = True
        while found:
            found = False
            for pid, known in list(candidates.items()):
                if known.parent == self._ancestor or known.parent in self._stats:
                    self._stats[pid] = candidates.pop(pid)
                    found = True

    def _follow_children(self):
        """Finds new ones from parent to child: on a machine with many processes far cheaper than to look at all."""
        pending = [(self._ancestor, None), *((pid, known.threads) for pid, known in self._stats.items())]
        for parent, threads in pending:
            for pid in proc.children(parent, threads):
                known = None if pid in self._stats else proc.stat(pid)
                if known:
                    self._stats[pid] = known
                    pending.append((pid, known.threads))

    def settle(self):
        """The child is ready and idle: what stands above it is its launcher, and what it used so far is not the run's.

        Returns the CPU ns used so far.
        """
        parents = {known.parent for known in self.update() and self._stats.values()}
        self._launcher = frozenset(pid for pid in self._stats if pid in parents)
        # A program that is over at once is never looked at again.
        self.note_peaks()
        return self.cpu_ns()

    def note_reaped(self, pid, cpu_ns):
        """A process of the run ended and was waited for by us."""
        self._stats.pop(pid, None)
        self._reaped_cpu_ns += cpu_ns

    def cpu_ns(self):
        """CPU ns of the tree since its beginning, launcher included; never goes back."""
        living = sum(proc.cpu_ns(pid, known) for pid, known in self._stats.items())
        self._cpu_ns = max(self._cpu_ns, living + self._reaped_cpu_ns)
        return self._cpu_ns

    def resident_bytes(self, limit_bytes):
        """Memory of the run's processes, without the launcher's. Pages they share are told apart if it matters."""
        pids = [pid for pid in self._stats if pid not in self._launcher]
        total = sum(map(proc.resident_bytes, pids))
        if total > limit_bytes and 1 < len(pids) <= SHARED_MEMORY_PROCESSES:
            total = sum(map(_proportional_bytes, pids))
        self.peak_bytes = max(self.peak_bytes, total)
        return total

    def note_peaks(self):
        """Takes over the peak that the kernel kept for each process: it also knows what was between two looks."""
        for pid in self._stats:
            if pid not in self._launcher:
                self.peak_bytes = max(self.peak_bytes, proc.peak_resident_bytes(pid))


def _proportional_bytes(pid):
    shared = proc.proportional_bytes(pid)
    return proc.resident_bytes(pid) if shared is None else shared
