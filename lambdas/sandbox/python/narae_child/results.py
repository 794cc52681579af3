"""The value of a handler as JSON, by the convention of its caller. See
docs/contracts/invocations.md#semantics, docs/contracts/functions.md#semantics, docs/contracts/callbacks.md#semantics.
"""

import json

HEADER_CHARS = 64 * 1024


class InvalidResult(Exception):
    """The value is no result; the message says why."""

    def __init__(self, message, name="InvalidResult"):
        super().__init__(message)
        self.name = name


_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_encode = _encoder.encode


def encode(value, convention, result_bytes):
    """Returns (JSON as bytes, whether it was cut). Raises InvalidResult."""
    truncated = False
    if convention == "invocation":
        value, truncated = _http_result(value, result_bytes)
    elif convention == "function":
        value = _function_result(value)
    data = to_json(value).encode("utf-8")
    if convention != "invocation" and len(data) > result_bytes:
        raise InvalidResult(f"The result has {len(data)} bytes of JSON, more than {result_bytes}.")
    return data, truncated


def to_json(value):
    """JSON text that has a UTF-8: of a lone surrogate the error handler makes \\udXXX, which is just how JSON writes it."""
    try:
        return _encode(value).encode("utf-8", "backslashreplace").decode("utf-8")
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidResult(str(error), type(error).__name__) from None
    except RecursionError:
        raise InvalidResult("The result is nested too deep.", "RecursionError") from None


def has_status(value):
    """Whether a value is an answer with a status of its own."""
    status = value.get("statusCode") if isinstance(value, dict) else None
    return isinstance(status, int) and not isinstance(status, bool) and 100 <= status <= 599


def _http_result(value, body_bytes):
    result, body = {"statusCode": 200}, value
    headers = None
    if has_status(value):
        result = {"statusCode": int(value["statusCode"])}
        body = value.get("body", "")
        headers = value.get("headers")
        text = body if isinstance(body, str) else to_json(body)
    else:
        text = to_json(value)
    result["body"], truncated = _cut(text, body_bytes)
    if isinstance(headers, dict) and all(isinstance(part, str) for item in headers.items() for part in item):
        if sum(len(name) + len(header) for name, header in headers.items()) > HEADER_CHARS:
            raise InvalidResult(f"The headers have more than {HEADER_CHARS} characters.")
        result["headers"] = headers
    return result, truncated


def _cut(text, limit):
    """(text of at most `limit` bytes as UTF-8, ending with a whole character; whether something was cut off)"""
    if len(text) * 4 <= limit:
        return text, False
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= limit:
        return text, False
    while data[limit] & 0xC0 == 0x80:
        limit -= 1
    return data[:limit].decode("utf-8", "surrogatepass"), True


def _function_result(value):
    """`{statusCode, headers, and one of body (a JSON value), bodyText, bodyBase64 (bytes that are no UTF-8)}`"""
    import sys

    library = sys.modules.get("spin_sdk.http")
    if library and isinstance(value, library.Response):
        return {**_status_and_headers(value.status, value.headers), **_body(value.body)}
    if has_status(value):
        return {**_status_and_headers(value["statusCode"], value.get("headers")), **_body(value.get("body"))}
    return {"statusCode": 200, "headers": {}, "body": value}


def _status_and_headers(status, headers):
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise InvalidResult(f"{status!r} is not an HTTP status.")
    if not isinstance(headers, dict):
        headers = {}
    plain = (str, int, float, bool)
    return {"statusCode": int(status), "headers": {str(k): str(v) for k, v in headers.items() if isinstance(v, plain)}}


def _body(body):
    if body is None:
        return {"bodyText": ""}
    if isinstance(body, str):
        return {"bodyText": body}
    if isinstance(body, (bytes, bytearray, memoryview)):
        data = bytes(body)
        try:
            return {"bodyText": data.decode("utf-8")}
        except UnicodeDecodeError:
            from binascii import b2a_base64

            return {"bodyBase64": b2a_base64(data, newline=False).decode()}
    return {"body": body}
