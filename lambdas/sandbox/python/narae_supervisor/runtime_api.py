"""Lambda's Runtime API (version 2018-06-01), with streamed answers.

Source: "Building a custom runtime" and its part on response streaming, AWS Lambda developer guide.
"""

import json

from .http_socket import HttpFailure, connect, read_response, request_head

PREFIX = "/2018-06-01/runtime"
ANSWER_TIMEOUT_S = 30
TRAILERS = "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"


class RuntimeApi:
    def __init__(self, address):
        self.address = address

    def next(self):
        """Waits for an invocation, for ever. Returns (request id, payload bytes)."""
        status, headers, payload = self._call("GET", f"{PREFIX}/invocation/next", {}, b"", None)
        request_id = headers.get("lambda-runtime-aws-request-id")
        if status != 200 or not request_id:
            raise HttpFailure(f"no invocation: HTTP {status}")
        return request_id, payload

    def respond(self, request_id):
        return ResponseStream(self.address, f"{PREFIX}/invocation/{request_id}/response")

    def report_init_error(self, error):
        body = json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}).encode()
        headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": type(error).__name__}
        self._call("POST", f"{PREFIX}/init/error", headers, body, ANSWER_TIMEOUT_S)

    def _call(self, method, path, headers, body, timeout):
        with connect(self.address, timeout) as connection:
            head = request_head(method, path, self.address, {**headers, "Content-Length": len(body)})
            connection.sendall(head + body)
            return read_response(connection)


class ResponseStream:
    """One streamed answer. Writing never blocks: what the peer does not take yet is kept.

    What can pile up is bounded by the limits of a run (log bytes, result bytes, output bytes), and a slow reader must
    not hold up the deadline of the user's code.
    """

    def __init__(self, address, path):
        headers = {
            "Content-Type": "application/octet-stream",
            "Transfer-Encoding": "chunked",
            "Lambda-Runtime-Function-Response-Mode": "streaming",
            "Trailer": TRAILERS,
        }
        self._socket = connect(address, ANSWER_TIMEOUT_S)
        self._pending = bytearray(request_head("POST", path, address, headers))
        self._socket.setblocking(False)
        self.broken = False

    def fileno(self):
        return self._socket.fileno()

    @property
    def pending(self):
        return bool(self._pending) and not self.broken

    def write(self, data):
        self._pending += b"%x\r\n" % len(data) + data + b"\r\n"
        self.flush()

    def flush(self):
        """Sends what the peer takes now."""
        while self.pending:
            try:
                sent = self._socket.send(self._pending)
            except BlockingIOError:
                return
            except OSError:
                self.broken = True
                return
            del self._pending[:sent]

    def finish(self):
        """Ends the stream and waits until the peer has taken all of it."""
        self._pending += b"0\r\n\r\n"
        try:
            self._socket.settimeout(ANSWER_TIMEOUT_S)
            self._socket.sendall(self._pending)
            read_response(self._socket)
        finally:
            self.close()

    def close(self):
        """Without `finish` the peer sees a broken stream: a lost worker."""
        self._socket.close()
