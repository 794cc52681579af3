"""Reads of presigned addresses: the sandbox has no credentials."""

from contextlib import contextmanager

from .run_spec import BadEvent

FETCH_TIMEOUT_S = 10
FETCH_TRIES = 2
# A request of 6 MB stands three times in the event of a callback: its names, its body, and its text with escapes.
FETCH_BYTES = 32 * 1024 * 1024


@contextmanager
def opened(url, timeout):
    """GET. Gives the response, to be read while it is open. Raises OSError or http.client.HTTPException."""
    # Late: most runs need neither HTTP nor TLS, which take 20 ms and 5 MB.
    import http.client
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    kind = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}.get(parts.scheme)
    if kind is None or not parts.hostname:
        raise OSError("not an http address")
    connection = kind(parts.hostname, parts.port, timeout=timeout)
    try:
        target = parts.path or "/"
        connection.request("GET", f"{target}?{parts.query}" if parts.query else target)
        yield connection.getresponse()
    finally:
        connection.close()


def get(url, timeout, limit):
    """GET. Returns (status, at most `limit` bytes of the body). Raises OSError or http.client.HTTPException."""
    with opened(url, timeout) as response:
        return response.status, response.read(limit)


def fetch(name, url):
    """The bytes at an address of the event. Raises BadEvent, without the address: it is a credential."""
    import http.client

    reason = "no answer"
    for _ in range(FETCH_TRIES):
        try:
            status, body = get(url, FETCH_TIMEOUT_S, FETCH_BYTES)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = type(error).__name__
            continue
        if status == 200:
            return body
        reason = f"HTTP {status}"
    raise BadEvent(f"{name} can't be read: {reason}")
