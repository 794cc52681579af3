"""How deep JSON text is nested, without recursion."""

import re

_STRINGS = re.compile(rb'"(?:[^"\\]+|\\.)*"')
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def is_deeper_than(text, limit):
    """`text` must be JSON, as bytes."""
    if text.count(b"[") + text.count(b"{") <= limit:
        return False
    brackets = _STRINGS.sub(b"", text).translate(None, _NOT_BRACKETS)
    for _ in range(limit):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if not brackets:
            return False
    return True
