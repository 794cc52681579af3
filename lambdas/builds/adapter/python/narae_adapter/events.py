"""The event of a handler (docs/contracts/callbacks.md#event), made of a request to a function's address."""

import json
from binascii import a2b_base64
from urllib.parse import parse_qs


def of_request(event):
    """`event`: payload format 2.0. A request of `invoke` gives what `invoke` gives without a deployment."""
    http = event.get("requestContext", {}).get("http", {})
    raw = _text(event)
    value = _value(raw)
    names = value if isinstance(value, dict) else {}
    query = parse_qs(event.get("rawQueryString") or "", keep_blank_values=True)
    content_type = (event.get("headers") or {}).get("content-type", "application/json")
    return {
        **names,
        "httpMethod": http.get("method", "POST"),
        "path": (event.get("rawPath") or "").strip("/"),
        "queryStringParameters": {name: values[-1] for name, values in query.items()},
        "headers": {"content-type": content_type},
        "body": value,
        "rawBody": raw,
        "isBase64Encoded": False,
    }


def _text(event):
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = a2b_base64(body).decode("utf-8", "surrogateescape")
    return body.removeprefix("\ufeff") or "{}"


def _value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text
