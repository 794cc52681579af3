"""Entry of a component. All that stands at the top of this file runs while the component is built; its memory at that
moment is what every instance begins with. The user's code does not run then: it is read, and run by the first request,
with its environment, as in a sandbox.
"""

import base64
import importlib
import json
import os
import random

import narae_loop
import narae_sources
from componentize_py_types import Err, Ok
from narae_function import Function
from wit_world import WitWorld as _World
from wit_world.exports import IncomingHandler as _IncomingHandler
from wit_world.imports import variables
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    Method_Other,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)

# What functions import most is there already; the rest is read from memory when it is asked for.
COMMON = (
    "abc argparse array ast base64 binascii bisect calendar collections.abc contextlib copy csv dataclasses datetime"
    " decimal email.message enum fractions functools glob gzip hashlib heapq hmac html html.parser http.cookies inspect"
    " io ipaddress itertools json logging math operator os pathlib pickle platform pprint queue random re secrets shlex"
    " spin_sdk.http statistics string struct tempfile textwrap time traceback types typing unicodedata urllib.parse uuid"
    " warnings xml.etree.ElementTree zipfile zlib zoneinfo asyncio"
)
# One variable of the application carries all that differs between deployments of one component.
SETTINGS = "narae_settings"
REQUEST_BYTES = 6 * 1024 * 1024
READ_BYTES = 64 * 1024
# What wasi:io takes at a time.
WRITE_BYTES = 4096


def _prepare():
    for name in COMMON.split():
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # not on this platform; user code hears of it as everywhere
    narae_loop.install()
    here = os.path.dirname(os.path.abspath(__file__))
    sources = narae_sources.Sources()
    sources.take(os.path.join(here, "narae_source"))
    narae_sources.install(narae_sources.standard_library(), sources)
    with open(os.path.join(here, "narae_module.txt"), encoding="utf-8") as file:
        return Function(file.read(), sources)


_function = _prepare()


def _answer(method, uri, headers, body):
    # Every instance would begin with the numbers of the build.
    random.seed()
    try:
        settings = json.loads(variables.get(SETTINGS))
    except (Err, ValueError):
        settings = {}
    return _function.answer(method, uri, headers, body, settings)


class WitWorld(_World):
    def answer(self, request: str) -> str:
        asked = json.loads(request)
        body = base64.b64decode(asked["bodyBase64"])
        status, headers, data = _answer(asked["method"], asked["uri"], asked["headers"], body)
        return json.dumps({"statusCode": status, "headers": headers, "bodyBase64": base64.b64encode(data).decode()})


class IncomingHandler(_IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        method = request.method()
        name = method.value if isinstance(method, Method_Other) else type(method).__name__.partition("_")[2].upper()
        uri = request.path_with_query() or "/"
        headers = _headers_of(request)
        body = _body_of(request)
        if body is None:
            _send(response_out, 413, {"content-type": "application/json"}, b'{"error":"PAYLOAD_TOO_LARGE"}')
        else:
            _send(response_out, *_answer(name, uri, headers, body))


def _headers_of(request):
    headers = {}
    with request.headers() as fields:
        for name, value in fields.entries():
            text = value.decode("latin-1")
            headers[name.lower()] = f"{headers[name.lower()]},{text}" if name.lower() in headers else text
    return headers


def _body_of(request):
    """None: it is too large."""
    data = bytearray()
    with request.consume() as body, body.stream() as stream:
        while True:
            try:
                data += stream.blocking_read(READ_BYTES)
            except Err as error:
                if isinstance(error.value, StreamError_Closed):
                    return bytes(data)
                raise
            if len(data) > REQUEST_BYTES:
                return None


def _send(response_out, status, headers, data):
    fields = Fields.from_list([(name, str(value).encode("latin-1", "replace")) for name, value in headers.items()])
    response = OutgoingResponse(fields)
    response.set_status_code(status)
    body = response.body()
    ResponseOutparam.set(response_out, Ok(response))
    with body.write() as stream:
        for start in range(0, len(data), WRITE_BYTES):
            stream.blocking_write_and_flush(data[start : start + WRITE_BYTES])
    OutgoingBody.finish(body, None)
