"""What a run used, as the supervisor measures it: nothing here is the child's word."""

import time

# What a fork of ours may grow by until it executes the child's command.
FORK_GROWTH_BYTES = 1024 * 1024


class Meter:
    """Counts from the start of user code on."""

    def __init__(self, tree, memory_mb, fork_bytes):
        """`fork_bytes`: our own resident memory when the child was forked, which the kernel counts as the child's."""
        self._tree = tree
        self._limit_bytes = memory_mb * 1024 * 1024
        self._cpu_before_ns = tree.settle()
        self._fork_peak_bytes = fork_bytes + FORK_GROWTH_BYTES
        self.started_ns = None
        self.ended_ns = None

    def start(self, at_ns, preparing_cpu_ns):
        """User code begins; what the harness used to prepare it does not count."""
        self.started_ns = at_ns
        self._cpu_before_ns += preparing_cpu_ns

    def seconds_since_start(self):
        return (time.monotonic_ns() - self.started_ns) / 1e9

    def stop(self, at_ns):
        self.ended_ns = at_ns

    def exceeds_memory(self):
        return self._tree.resident_bytes(self._limit_bytes) > self._limit_bytes

    def near_memory_limit(self):
        return self._tree.peak_bytes > self._limit_bytes / 2

    def note_child_peak(self, peak_bytes):
        """`peak_bytes` is what wait4 told of the child; it says something only beyond what a fork of ours explains."""
        if peak_bytes > self._fork_peak_bytes:
            self._tree.peak_bytes = max(self._tree.peak_bytes, peak_bytes)

    def look_for_the_last_time(self):
        """Takes what only living processes tell."""
        self._tree.cpu_ns()
        self._tree.note_peaks()

    @property
    def memory_was_exceeded(self):
        return self._tree.peak_bytes > self._limit_bytes

    @property
    def memory_was_nearly_used(self):
        return self._tree.peak_bytes > self._limit_bytes * 0.8

    def frame(self, exit_code, signal):
        wall_ns = max(self.ended_ns - self.started_ns, 0)
        cpu_ns = max(self._tree.cpu_ns() - self._cpu_before_ns, 0)
        return {
            "t": "usage",
            "durationMs": round(wall_ns / 1e6, 1),
            "cpuMs": round(cpu_ns / 1e6, 1),
            "maxMemoryBytes": self._tree.peak_bytes,
            "exitCode": exit_code,
            "signal": signal,
        }
