"""Bytes of one output stream become lines of text."""

from .frames import cut_to_bytes


class LineSplitter:
    """Ends of lines are LF or CR LF. Of a line longer than `line_bytes` only the beginning is kept, and it is flagged.

    Holds at most one line and never more of it than can be shown, however long it is.
    """

    def __init__(self, line_bytes):
        self._line_bytes = line_bytes
        self._begun = bytearray()
        self._began = False

    def push(self, data):
        """Yields (text, cut) for each line that is complete with these bytes."""
        start = 0
        while True:
            end = data.find(b"\n", start)
            if end < 0:
                break
            self._keep(data, start, end)
            yield self._finish()
            start = end + 1
        if start < len(data):
            self._keep(data, start, len(data))

    def rest(self):
        """Yields the last line if it had no end."""
        if self._began:
            yield self._finish()

    def _keep(self, data, start, end):
        self._began = True
        # Room for the line, a CR behind it, and one byte that tells that there was more.
        room = self._line_bytes + 2 - len(self._begun)
        if room > 0:
            self._begun += data[start : min(end, start + room)]

    def _finish(self):
        line = bytes(self._begun)
        self._begun.clear()
        self._began = False
        if line.endswith(b"\r"):
            line = line[:-1]
        cut = len(line) > self._line_bytes
        if cut:
            line = _without_split_character(line[: self._line_bytes], line[self._line_bytes])
        text = line.decode("utf-8", "replace")
        shown = cut_to_bytes(text, self._line_bytes)  # what is not UTF-8 grows: U+FFFD has three bytes
        return shown, cut or len(shown) < len(text)


def _without_split_character(line, following):
    """Takes off the beginning of a character whose rest was cut away."""
    if following & 0xC0 != 0x80:
        return line
    for back in range(1, min(4, len(line)) + 1):
        byte = line[-back]
        if byte & 0xC0 != 0x80:
            return line[:-back] if byte >= 0xC0 else line
    return line
