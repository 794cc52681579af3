"""The event of an invocation, checked: it comes from the runner, but a mistake in it must not bring us down."""

import binascii
import json
import re

from .frames import PROTOCOL

CONVENTIONS = ("invocation", "function", "callback")
LIMITS = ("timeoutMs", "memoryMb", "lineBytes", "logBytes", "logLines", "resultBytes", "outputBytes")


class BadEvent(Exception):
    """The run can't be started; the message says why, for the platform's own eyes."""


class RunSpec:
    """One run as the runner ordered it. `event` is what user code gets, as JSON text in bytes."""

    def __init__(self, payload):
        order = _parse(payload)
        _check_protocol(1 if order.get("protocol") is None else order["protocol"])
        self.kind = _of(order, "entry", dict).get("kind")
        self.entry = order["entry"]
        self.convention = _one_of(order, "convention", CONVENTIONS)
        self.code_base64 = _base64(order, "codeBase64")
        self.context = _of(order, "context", dict, {})
        self.env = _env(order)
        self.limits = _limits(order)
        self.event_url = _of(order, "eventUrl", str, None)
        self.stdin_url = _of(order, "stdinUrl", str, None)
        self.cancel_url = _of(order, "cancelUrl", str, None)
        self.bundle_url = _of(order, "bundleUrl", str, None)
        self.bundle_sha = _sha256(order, "bundleSha") if self.bundle_url else None
        # Folder of what the bundle holds, once it is there.
        self.library = None
        self.stdin = _of(order, "stdin", str, "")
        self.event = encode_json(order.get("event", {}))
        self._check_entry()

    @property
    def is_script(self):
        return self.kind == "script"

    def _check_entry(self):
        if self.kind == "script":
            return
        if self.kind != "handler":
            raise BadEvent("entry.kind must be handler or script")
        _of(self.entry, "function", str)
        # It becomes a file name.
        if not _of(self.entry, "module", str).isidentifier():
            raise BadEvent("entry.module must be a name")
        fallbacks = _of(self.entry, "fallbacks", list, [])
        if not all(isinstance(name, str) for name in fallbacks):
            raise BadEvent("entry.fallbacks must be names")

    def child_document(self, token):
        """What the child is told, as JSON bytes. Addresses that only we need stay here."""
        head = {
            "token": token,
            "codeBase64": self.code_base64,
            "entry": self.entry,
            "convention": self.convention,
            "context": self.context,
            "env": self.env,
            "timeoutMs": self.limits["timeoutMs"],
            "resultBytes": self.limits["resultBytes"],
            "library": self.library,
        }
        if self.is_script:
            head["stdin"] = self.stdin
            return encode_json(head)
        # The event is JSON text already: set in as it is.
        return encode_json(head)[:-1] + b',"event":' + self.event + b"}"


def parse_json(data):
    """JSON only: Python's NaN and Infinity are refused. Raises ValueError."""
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def encode_json(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def _parse(payload):
    try:
        order = parse_json(payload)
    except ValueError as error:
        raise BadEvent(f"the event is not JSON: {error}") from error
    if not isinstance(order, dict):
        raise BadEvent("the event is not an object")
    return order


def _check_protocol(protocol):
    """What a newer runner says may mean something else: it is not half understood."""
    if isinstance(protocol, bool) or not isinstance(protocol, int) or protocol < 1:
        raise BadEvent("protocol must be a whole number from 1 on")
    if protocol > PROTOCOL:
        raise BadEvent(f"it has protocol {protocol}, and this sandbox knows up to {PROTOCOL}")


_REQUIRED = object()


def _of(fields, name, kind, default=_REQUIRED):
    value = fields.get(name)
    if value is None and default is not _REQUIRED:
        return default
    if not isinstance(value, kind):
        raise BadEvent(f"{name} must be of type {kind.__name__}")
    return value


def _one_of(fields, name, values):
    if fields.get(name) not in values:
        raise BadEvent(f"{name} must be one of {', '.join(values)}")
    return fields[name]


def _sha256(fields, name):
    text = _of(fields, name, str)
    # It becomes the name of a folder.
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise BadEvent(f"{name} is no sha256")
    return text


def _base64(fields, name):
    text = _of(fields, name, str)
    try:
        binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise BadEvent(f"{name} is not Base64") from error
    return text


def _env(order):
    env = _of(order, "env", dict, {})
    for name, value in env.items():
        if not isinstance(value, str) or not name or "=" in name or "\0" in name + value or not _is_utf8(name + value):
            raise BadEvent("env must hold names and texts")
    return env


def _is_utf8(text):
    try:
        text.encode()
        return True
    except UnicodeEncodeError:
        return False


def _limits(order):
    limits = _of(order, "limits", dict)
    for name in LIMITS:
        value = limits.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 2**53:
            raise BadEvent(f"limits.{name} must be a positive number")
    return limits
