"""One run: hand it to a child, pass on what the child prints, watch its limits, end it, say how it ended."""

import os
import selectors
import time

from . import clock, tree_end, verdict
from .log_frames import LogFrames
from .output import Output
from .process_tree import ProcessTree
from .result_channel import Flooded, ResultChannel, read_exit_code, read_start
from .usage import Meter

START_TIMEOUT_S = 15
# How often memory is looked at, s: less often once the run goes on for a while, and more closely near the limit.
LOOK_S = 0.02
LATER_LOOK_S = 0.05
LATER_S = 0.5
CLOSE_LOOK_S = 0.005


class ChildLost(Exception):
    """The child was gone before it had the whole order: user code was not started."""


class Run:
    def __init__(self, spec, child, send, response):
        """`send` takes frames; `response` has fileno(), pending and flush() of what carries them."""
        self._spec = spec
        self._child = child
        self._send = send
        self._response = response
        self._limits = spec.limits
        self._token = os.urandom(16).hex()
        self._order = memoryview(spec.child_document(self._token))
        self._tree = ProcessTree(child.pid)
        self._meter = Meter(self._tree, self._limits["memoryMb"], child.fork_bytes)
        self._logs = LogFrames(send, self._limits, clock)
        self._outputs = [
            Output(name, descriptor, self._limits, self._logs, spec.is_script)
            for name, descriptor in (("stdout", child.stdout), ("stderr", child.stderr))
        ]
        self._results = ResultChannel(child.result_out, self._token, self._limits["resultBytes"])
        self._failure = None
        self._announced_code = None
        self._verdict = None
        self._killed = False
        self._deadline = clock.monotonic() + START_TIMEOUT_S
        self._look_at = float("inf")

    def execute(self, cancellation):
        """Runs to the end and sends all frames up to `usage`.

        Returns whether all processes of the run are gone. Raises ChildLost; the child must be discarded then.
        """
        with selectors.DefaultSelector() as selector:
            self._selector = selector
            selector.register(self._results, selectors.EVENT_READ, self._read_results)
            for output in self._outputs:
                selector.register(output, selectors.EVENT_READ, lambda output=output: self._read_output(output))
            selector.register(self._child.run_in, selectors.EVENT_WRITE, self._feed)
            selector.register(self._child.exited, selectors.EVENT_READ, self._note_exit)
            if cancellation:
                selector.register(cancellation, selectors.EVENT_READ, lambda: self._kill(verdict.cancelled()))
            while self._verdict is None:
                self._wait()
        return self._finish()

    def _wait(self):
        due = min(self._deadline, self._look_at, self._logs.due or float("inf"))
        writes = self._response.pending
        if writes:
            self._selector.register(self._response, selectors.EVENT_WRITE, self._response.flush)
        for key, _ in self._selector.select(max(0, due - clock.monotonic())):
            if self._verdict is None or key.data == self._response.flush:
                key.data()
        if writes:
            self._selector.unregister(self._response)
        if self._response.broken and self._verdict is None:
            self._kill(verdict.cancelled())  # nobody listens any more
        now = clock.monotonic()
        if self._logs.due and self._logs.due <= now:
            self._logs.flush()
        if self._verdict is None and now >= self._look_at:
            self._look(now)
        if self._verdict is None and now >= self._deadline:
            self._miss_deadline()

    def _feed(self):
        """Gives the child its order, as much as the pipe takes."""
        try:
            if self._order:
                self._order = self._order[os.write(self._child.run_in, self._order) :]
        except BlockingIOError:
            return
        except BrokenPipeError as error:
            raise ChildLost from error
        if not self._order:
            self._selector.unregister(self._child.run_in)
            self._child.close_run_in()

    def _read_output(self, output):
        if self._meter.started_ns is None:
            # What is printed comes after the start, but another pipe brings it.
            self._read_results()
        if output.read() == 0:
            self._selector.unregister(output)

    def _read_results(self):
        try:
            for kind, rest in self._results.read():
                self._take(kind, rest)
        except Flooded:
            self._kill(verdict.invalid("More was written than a result can hold."))
        if self._results.closed and self._selector.get_map().get(self._results):
            self._selector.unregister(self._results)

    def _take(self, kind, rest):
        if kind == b"start" and self._meter.started_ns is None:
            self._start(*read_start(rest))
        elif kind == b"result" and self._verdict is None and self._meter.started_ns is not None:
            self._end(verdict.result_of(rest, self._spec))
        elif kind == b"error" and self._verdict is None and self._meter.started_ns is not None:
            self._take_error(verdict.error_of(rest))
        elif kind == b"exiting":
            self._announced_code = read_exit_code(rest)

    def _start(self, at_ns, preparing_cpu_ns):
        now_ns = time.monotonic_ns()
        self._meter.start(at_ns, preparing_cpu_ns)
        self._send({"t": "start", "at": clock.epoch_ms() - (now_ns - at_ns) // 1_000_000})
        self._deadline = at_ns / 1e9 + self._limits["timeoutMs"] / 1000
        self._look_at = now_ns / 1e9 + LOOK_S

    def _take_error(self, frame):
        """A handler's error is its end. A script goes on to its exit, which may say that it was none."""
        if self._spec.is_script:
            self._failure = frame
        else:
            self._end(frame)

    def _look(self, now):
        tree_end.reap(self._tree, self._child)
        self._tree.update()
        if self._meter.exceeds_memory():
            self._kill(verdict.out_of_memory(self._limits["memoryMb"]))
        if self._meter.near_memory_limit():
            self._look_at = now + CLOSE_LOOK_S
        else:
            self._look_at = now + (LOOK_S if self._meter.seconds_since_start() < LATER_S else LATER_LOOK_S)

    def _miss_deadline(self):
        if self._meter.started_ns is None:
            raise ChildLost
        self._kill(verdict.timed_out(self._limits["timeoutMs"]))

    def _note_exit(self):
        self._read_results()
        if self._meter.started_ns is None:
            raise ChildLost
        if self._verdict is None:
            self._end(verdict.Exit(self._failure))

    def _kill(self, frame):
        self._killed = True
        self._end(frame)

    def _end(self, frame):
        self._meter.stop(time.monotonic_ns())
        self._verdict = frame

    def _finish(self):
        tree, meter = self._tree, self._meter
        if self._killed or len(tree.update()) > 1:
            tree_end.stop(tree)
        meter.look_for_the_last_time()
        remains = tree_end.end(tree, self._child)
        meter.note_child_peak(remains.child_peak_bytes)
        for output in self._outputs:
            output.drain()
        self._logs.flush()
        if self._spec.is_script:
            self._send_output()
        if self._killed:
            frame, code, signal = self._verdict, None, "SIGKILL"
        else:
            code, signal = verdict.read_exit(remains.exit_status, self._child.launched, self._announced_code)
            frame, code, signal = verdict.settle(self._verdict, self._spec, code, signal, meter)
        self._send(frame)
        self._send(meter.frame(code, signal))
        return remains.clean

    def _send_output(self):
        stdout, stderr = self._outputs
        frame = {"t": "output", "stdout": stdout.text(), "stderr": stderr.text()}
        self._send({**frame, "stdoutTruncated": stdout.truncated, "stderrTruncated": stderr.truncated})
