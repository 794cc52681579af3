"""Requests, responses and the handler class of functions. Plain classes: dataclasses would import for 20 ms."""


class Request:
    """`body` is bytes; here `method` is POST and `uri` is `/`."""

    def __init__(self, method, uri, headers=None, body=None):
        self.method = method
        self.uri = uri
        self.headers = {} if headers is None else headers
        self.body = body

    def __repr__(self):
        return f"Request({self.method!r}, {self.uri!r}, {self.headers!r}, {self.body!r})"


class Response:
    """`body` is bytes; text is taken as well."""

    def __init__(self, status, headers=None, body=None):
        self.status = status
        self.headers = {} if headers is None else headers
        self.body = body

    def __repr__(self):
        return f"Response({self.status!r}, {self.headers!r}, {self.body!r})"


class IncomingHandler:
    """Base of the class `IncomingHandler` that a function defines."""

    def handle_request(self, request):
        raise NotImplementedError("handle_request")
