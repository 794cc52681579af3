"""The Request that handlers of the `function` convention get (docs/contracts/functions.md#semantics)."""

import json


def request_of(event):
    """Made of an event in the shape of `callbacks.md`; of anything else the JSON text is the body."""
    from spin_sdk.http import Request

    fields = event if isinstance(event, dict) else {}
    raw = fields.get("rawBody")
    if not isinstance(raw, str):
        raw = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    headers = fields.get("headers")
    if not isinstance(headers, dict):
        headers = {"content-type": "application/json"}
    return Request(
        fields.get("httpMethod") or "POST",
        "/" + str(fields.get("path") or "").lstrip("/"),
        dict(headers),
        _bytes_of(raw, fields.get("isBase64Encoded") is True),
    )


def _bytes_of(raw, is_base64):
    if not is_base64:
        return raw.encode("utf-8", "surrogatepass")
    from binascii import a2b_base64

    return a2b_base64(raw)
