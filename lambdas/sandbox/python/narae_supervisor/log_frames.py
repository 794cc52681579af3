"""Log frames: lines within a run's limits, gathered for at most 20 ms."""

COALESCE_S = 0.02
FRAME_CHARS = 64 * 1024


class LogFrames:
    def __init__(self, send, limits, clock):
        """`send` takes a frame; `clock` has monotonic() in s and epoch_ms()."""
        self._send = send
        self._clock = clock
        self._bytes_left = limits["logBytes"]
        self._lines_left = limits["logLines"]
        self._waiting = []
        self._waiting_chars = 0
        self._sent_at = float("-inf")
        self.dropping = False

    def add(self, stream, lines):
        """Takes (text, cut) pairs. A first line goes out at once, what follows within 20 ms goes together."""
        for text, cut in lines:
            if self.dropping:
                return
            size = len(text.encode("utf-8", "surrogatepass"))
            if self._lines_left < 1 or self._bytes_left < size:
                self._drop()
                return
            self._lines_left -= 1
            self._bytes_left -= size
            self._append(stream, text, cut)

    @property
    def due(self):
        """When flush() should be called, as a monotonic time in s; None if nothing waits."""
        return self._sent_at + COALESCE_S if self._waiting else None

    def flush(self):
        for frame in self._waiting:
            if not frame["cut"]:
                del frame["cut"]
            self._send(frame)
        if self._waiting:
            self._sent_at = self._clock.monotonic()
        self._waiting = []
        self._waiting_chars = 0

    def _append(self, stream, text, cut):
        if not self._waiting or self._waiting[-1]["s"] != stream:
            self._waiting.append({"t": "log", "s": stream, "at": self._clock.epoch_ms(), "l": [], "cut": []})
        frame = self._waiting[-1]
        if cut:
            frame["cut"].append(len(frame["l"]))
        frame["l"].append(text)
        self._waiting_chars += len(text) + 1
        if self._waiting_chars >= FRAME_CHARS:
            self.flush()

    def _drop(self):
        self.flush()
        self.dropping = True
        self._send({"t": "dropped"})
