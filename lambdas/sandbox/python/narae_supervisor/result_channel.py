"""What the child says on descriptor 4. User code can write there as well, so nothing of it is believed unchecked."""

import json
import os

from .run_spec import parse_json

READ_BYTES = 256 * 1024
# Beside the result: headers, and a message with its stack.
OVERHEAD_BYTES = 1024 * 1024
# As many bytes as one byte of text can take in JSON.
JSON_GROWTH = 6


class Flooded(Exception):
    """More came than a result can hold."""


class ResultChannel:
    """Messages are lines `token kind rest`. The token is new for every run; lines without it are noise and skipped."""

    def __init__(self, descriptor, token, result_bytes):
        self._descriptor = descriptor
        self._mark = token.encode() + b" "
        self._limit = result_bytes * JSON_GROWTH + OVERHEAD_BYTES
        self._total = 0
        self._line = bytearray()
        self.closed = False

    def fileno(self):
        return self._descriptor

    def read(self):
        """Takes what is there now. Returns (kind, rest in bytes) pairs. Raises Flooded."""
        messages = []
        while not self.closed:
            try:
                data = os.read(self._descriptor, READ_BYTES)
            except BlockingIOError:
                break
            if not data:
                self.closed = True
                break
            self._total += len(data)
            if self._total > self._limit:
                raise Flooded
            lines = data.split(b"\n")
            for end in lines[:-1]:
                self._line += end
                if self._line.startswith(self._mark):
                    _, kind, rest = (bytes(self._line) + b"  ").split(b" ", 2)
                    messages.append((kind, rest.rstrip(b" ")))
                self._line.clear()
            self._line += lines[-1]
        return messages


def read_start(rest):
    """(monotonic ns at which user code begins, CPU ns that the harness used to prepare it)."""
    fields = json.loads(rest)
    return int(fields["at"]), int(fields["cpu"])


def read_exit_code(rest):
    """The exit code that the child is about to have, or None if it is none."""
    return int(rest) if rest.isdigit() and len(rest) <= 3 else None


def read_error(rest):
    """The child's error as a dict of checked fields, or None if it is none."""
    try:
        fields = parse_json(rest)
        stack = fields.get("stack", [])
        texts = [fields["errorType"], fields["name"], fields["message"], *stack]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return fields if all(isinstance(text, str) for text in texts) else None
