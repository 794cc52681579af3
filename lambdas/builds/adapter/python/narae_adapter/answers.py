"""HTTP answers of what came of a call, with the bodies that `invoke` shows (docs/contracts/functions.md#semantics)."""

import json

from narae_child.results import to_json

JSON_TYPE = "application/json"


def of_result(result):
    """`result`: convention `function` (docs/sandbox.md), `{statusCode, headers, and one of body, bodyText, bodyBase64}`."""
    headers = result["headers"]
    if "bodyBase64" in result:
        return _answer(result["statusCode"], headers, result["bodyBase64"], "application/octet-stream", True)
    if "bodyText" in result:
        text = result["bodyText"]
        content_type = JSON_TYPE if _is_json(text) else "text/plain; charset=utf-8"
        return _answer(result["statusCode"], headers, text, content_type, False)
    return _answer(result["statusCode"], headers, to_json(result["body"]), JSON_TYPE, False)


def of_report(report):
    """`report`: what the sandbox says of code that failed."""
    name, message = report["name"], report["message"]
    error_type = report["errorType"]
    head = f"{name}: "
    body = {
        "error": name if error_type == "RUNTIME_ERROR" else error_type,
        "message": message[len(head) :] if message.startswith(head) else "" if message == name else message,
    }
    if report["stack"]:
        body["traceback"] = report["stack"]
    return _answer(500, {}, to_json(body), JSON_TYPE, False)


def _answer(status, headers, body, content_type, is_base64):
    if not any(name.lower() == "content-type" for name in headers):
        headers = {**headers, "content-type": content_type}
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": is_base64}


def _is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False
