"""One output stream of the child: read to its end, shown as log lines and, for scripts, kept as it is."""

import os

from .frames import cut_to_bytes
from .line_splitter import LineSplitter

READ_BYTES = 64 * 1024
# After the end nobody writes any more; should somebody have escaped, what the pipe holds is enough.
DRAIN_BYTES = 4 * 1024 * 1024


class Output:
    def __init__(self, name, descriptor, limits, logs, keep):
        self._name = name
        self._descriptor = descriptor
        self._logs = logs
        self._splitter = LineSplitter(limits["lineBytes"])
        self._keep_bytes = limits["outputBytes"] if keep else 0
        self._kept = bytearray()
        self.truncated = False

    def fileno(self):
        return self._descriptor

    def read(self):
        """Takes what is there now. Returns the count of bytes, 0 at the end, None if there is nothing yet."""
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except BlockingIOError:
            return None
        if data:
            self._take(data)
        return len(data)

    def drain(self):
        """Takes what is left when all writers are gone."""
        taken = 0
        while taken < DRAIN_BYTES:
            count = self.read()
            if not count:
                break
            taken += count
        if not self._logs.dropping:
            self._logs.add(self._name, self._splitter.rest())

    def _take(self, data):
        room = self._keep_bytes - len(self._kept)
        if room > 0:
            self._kept += data[:room]
        if self._keep_bytes and len(data) > room:
            self.truncated = True
        # Past the limits the program runs on and its output is thrown away unseen.
        if not self._logs.dropping:
            self._logs.add(self._name, self._splitter.push(data))

    def text(self):
        """What was kept, as text of at most the limit's bytes."""
        data = bytes(self._kept)
        if self.truncated:
            data = _whole_characters(data)
        text = data.decode("utf-8", "replace")
        shown = cut_to_bytes(text, self._keep_bytes)
        self.truncated = self.truncated or len(shown) < len(text)
        return shown


def _whole_characters(data):
    """Without the beginning of a character at the end, which the cut has split."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data[:-back] if back < length else data
        if byte < 0x80:
            break
    return data
