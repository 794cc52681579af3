"""Presigned addresses: the toolchain has no rights in the store but these."""

import http.client
from urllib.parse import urlsplit

TIMEOUT_S = 60
# A source with its packages, packed.
SOURCE_BYTES = 256 * 1024 * 1024


def fetch(url):
    """Raises OSError."""
    with _Exchange(url) as exchange:
        return exchange.ask("GET")


def put(data, url):
    """Raises OSError."""
    with _Exchange(url) as exchange:
        exchange.ask("PUT", data)


class _Exchange:
    def __init__(self, url):
        parts = urlsplit(url)
        kind = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}[parts.scheme]
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_S)
        self._target = f"{parts.path}?{parts.query}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def ask(self, method, body=None):
        try:
            self._connection.request(method, self._target, body=body)
            response = self._connection.getresponse()
            if response.status != 200:
                raise OSError(f"the store answered {method} with HTTP {response.status}: {response.read(500)!r}")
            data = response.read(SOURCE_BYTES + 1)
        except http.client.HTTPException as error:
            raise OSError(f"the store's answer broke off: {error!r}") from error
        if len(data) > SOURCE_BYTES:
            raise OSError(f"the source has more than {SOURCE_BYTES} bytes")
        return data
