"""A user's function inside a component: what `invoke` answers, by the same code (narae_child, as in sandboxes)."""

import base64
import binascii
import importlib
import json
import os
import sys
import time

# What the harness imports late has to be there as well: it is not read from anywhere later.
import narae_child.requests  # noqa: F401
from narae_child import exits, failure, results
from narae_child.calling import call
from narae_child.context import Context
from narae_child.entry_point import HandlerNotFound, find
from narae_child.source import DoesNotParse, Source

ENTRY = {"function": "lambda_handler", "fallbacks": ["handler"]}
# As the functions API has them (docs/contracts/functions.md).
RESULT_BYTES = 5 * 1024 * 1024
DEFAULT_TIMEOUT_MS = 30_000
WITH_BODY = ("POST", "PUT", "PATCH")
WITHHELD = ("authorization", "cookie")
JSON_TYPE, TEXT_TYPE, BYTES_TYPE = "application/json", "text/plain; charset=utf-8", "application/octet-stream"


class Function:
    """`module`: dotted name of the one with the entry point; `sources`: where it is."""

    def __init__(self, module, sources):
        self._module = module
        self._file = f"{module.replace('.', '/')}.py"
        self._sources = sources
        self._entry_point = None

    def answer(self, method, uri, headers, body, settings):
        """`body`: bytes; `settings`: `{env, context}`. Returns (status, headers, bytes); raises nothing."""
        deadline = time.monotonic() + settings.get("context", {}).get("timeoutMs", DEFAULT_TIMEOUT_MS) / 1000
        try:
            entry_point = self._loaded(settings.get("env", {}))
            context = Context(settings.get("context", {}), deadline)
            value = call(entry_point, event_of(method, uri, headers, body), context)
            encoded, _ = results.encode(value, "function", RESULT_BYTES)
            return _answer_of(json.loads(encoded))
        except BaseException as error:  # user code may raise anything; SystemExit would end the host's instance
            return _failed(error, self._file)
        finally:
            failure.flush_streams()

    def _loaded(self, env):
        if self._entry_point is None:
            os.environ.update(env)
            self._entry_point = find(self._imported(), ENTRY, "function", self._file)
        return self._entry_point

    def _imported(self):
        package = self._module.rpartition(".")[0]
        if package:
            importlib.import_module(package)
        source = Source(base64.b64encode(self._sources.read(self._file)), self._module)
        source.file = self._file
        module = source.new_module(self._module)
        module.__package__ = package
        source.execute(module)
        return module


def event_of(method, uri, headers, body):
    """As docs/contracts/callbacks.md#event says."""
    from urllib.parse import parse_qsl, urlsplit

    parts = urlsplit(uri)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    text = _text_of(body)
    parsed = _parsed(body) if method in WITH_BODY else {}
    return {
        **query,
        **(parsed if isinstance(parsed, dict) else {}),
        "httpMethod": method,
        "path": parts.path.lstrip("/"),
        "queryStringParameters": query,
        "headers": {name: value for name, value in headers.items() if name not in WITHHELD},
        "body": parsed,
        "rawBody": base64.b64encode(body).decode() if text is None else text,
        "isBase64Encoded": text is None,
    }


def _text_of(body):
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _parsed(body):
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}


def _answer_of(result):
    """What `?raw=true` of an invoke gives (docs/contracts/functions.md#raw-answer)."""
    headers = {name.lower(): value for name, value in result["headers"].items()}
    if "bodyBase64" in result:
        kind, data = BYTES_TYPE, binascii.a2b_base64(result["bodyBase64"])
    elif "bodyText" in result:
        text = result["bodyText"]
        kind, data = JSON_TYPE if _is_json(text) else TEXT_TYPE, text.encode("utf-8", "replace")
    else:
        kind, data = JSON_TYPE, results.to_json(result.get("body")).encode()
    headers.setdefault("content-type", kind)
    return max(200, result["statusCode"]), headers, data


def _is_json(text):
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _failed(error, file):
    """As `responseBody` of an invoke that failed (docs/contracts/functions.md#engine-contract)."""
    lines = []
    if isinstance(error, SystemExit):
        message = f"the code ended with exit code {exits.code_of(error)} before it returned"
        told = {"error": "EXITED", "message": message}
    elif isinstance(error, DoesNotParse):
        lines = failure.syntax_lines(error.cause, file)
        told = _told("SYNTAX_ERROR", failure.describe_syntax(error.cause))
    elif isinstance(error, HandlerNotFound):
        told = {"error": "HANDLER_NOT_FOUND", "message": str(error)}
    elif isinstance(error, results.InvalidResult):
        told = {"error": "INVALID_RESULT", "message": str(error)}
    else:
        error_type = failure.error_type_of(error)
        report = failure.describe(error_type, error, file)
        lines = failure.traceback_lines(error, file)
        told = _told(report["name"] if error_type == "RUNTIME_ERROR" else error_type, report)
    print("\n".join(lines), file=sys.__stderr__, end="\n" if lines else "")
    return 500, {"content-type": JSON_TYPE}, results.to_json(told).encode()


def _told(error, report):
    head = f"{report['name']}: "
    message = report["message"]
    message = message.removeprefix(head) if message.startswith(head) else "" if message == report["name"] else message
    return {"error": error, "message": message, **({"traceback": report["stack"]} if report["stack"] else {})}
