"""Frames: what the supervisor tells the runner, one JSON object a line (docs/sandbox.md, "Frames")."""

import json

# The newest version of the protocol that this supervisor knows; it takes events of all earlier ones.
PROTOCOL = 1
MESSAGE_BYTES = 4096
NAME_CHARS = 128
STACK_ENTRIES = 50
STACK_ENTRY_CHARS = 512
NO_USAGE = {"durationMs": 0, "cpuMs": 0, "maxMemoryBytes": 0, "exitCode": None, "signal": None}


def encode(frame):
    # A lone surrogate has no UTF-8; \udXXX, which the error handler makes of it, is just how JSON writes one.
    text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def cut_to_bytes(text, limit):
    """The longest beginning of `text` that has at most `limit` bytes as UTF-8 and ends with a whole character."""
    if len(text) * 4 <= limit:
        return text
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= limit:
        return text
    while limit > 0 and data[limit] & 0xC0 == 0x80:
        limit -= 1
    return data[:limit].decode("utf-8", "surrogatepass")


def error_frame(error_type, name, message, stack=()):
    return {
        "t": "error",
        "errorType": error_type,
        "name": name[:NAME_CHARS],
        "message": cut_to_bytes(message, MESSAGE_BYTES),
        "stack": [entry[:STACK_ENTRY_CHARS] for entry in stack[:STACK_ENTRIES]],
    }


def result_frame(json_text, truncated):
    return {"t": "result", "json": json_text, "truncated": truncated}
