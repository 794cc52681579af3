"""The little of HTTP/1.1 that the Runtime API needs, over a plain socket.

http.client would cost a cold start about 20 ms of imports, and cannot send a body without blocking.
"""

import socket

READ_BYTES = 1 << 18
HEAD_BYTES = 1 << 16


class HttpFailure(Exception):
    """The peer is gone, or does not speak HTTP."""


def connect(address, timeout):
    """Opens a connection to `host:port`; `timeout` in seconds holds for every later step, None: for ever."""
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port or 80)), timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request_head(method, path, address, headers):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def read_response(connection):
    """Reads one whole answer. Returns (status, headers with lower-case names, body bytes)."""
    buffer = bytearray()
    while True:
        end = buffer.find(b"\r\n\r\n")
        if end >= 0:
            break
        if len(buffer) > HEAD_BYTES or not _read_more(connection, buffer):
            raise HttpFailure("no complete answer")
    lines = bytes(buffer[:end]).decode("latin-1").split("\r\n")
    del buffer[: end + 4]
    try:
        status = int(lines[0].split(" ", 2)[1])
    except (IndexError, ValueError) as error:
        raise HttpFailure(f"not an HTTP answer: {lines[0]!r}") from error
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return status, headers, _read_body(connection, buffer, headers)


def _read_more(connection, buffer):
    data = connection.recv(READ_BYTES)
    buffer += data
    return len(data) > 0


def _read_body(connection, buffer, headers):
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _read_chunks(connection, buffer)
    length = headers.get("content-length")
    if length is None:
        while _read_more(connection, buffer):
            pass
        return bytes(buffer)
    while len(buffer) < int(length):
        if not _read_more(connection, buffer):
            raise HttpFailure("the answer ended early")
    return bytes(buffer[: int(length)])


def _read_chunks(connection, buffer):
    body = bytearray()
    while True:
        size = int(_take_line(connection, buffer).split(b";")[0], 16)
        while len(buffer) < size + 2:
            if not _read_more(connection, buffer):
                raise HttpFailure("the answer ended early")
        body += buffer[:size]
        del buffer[: size + 2]
        if size == 0:
            return bytes(body)


def _take_line(connection, buffer):
    while True:
        end = buffer.find(b"\r\n")
        if end >= 0:
            line = bytes(buffer[:end])
            del buffer[: end + 2]
            return line
        if not _read_more(connection, buffer):
            raise HttpFailure("the answer ended early")
