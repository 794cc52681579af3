"""The life of an environment: one order after the other, from the Lambda Runtime API."""

import http.client
import json
import os
import traceback

from . import orders

_API = "/2018-06-01/runtime"


def serve():
    """Takes orders until the environment ends. Does not return."""
    api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    while True:
        headers, body = _call(api, "GET", f"{_API}/invocation/next")
        request = f"{_API}/invocation/{headers['Lambda-Runtime-Aws-Request-Id']}"
        try:
            answer = orders.carry_out(json.loads(body))
        except Exception as error:  # whatever it is, whoever ordered it must hear of it
            traceback.print_exc()
            told = {"errorType": type(error).__name__, "errorMessage": str(error)[:1000], "stackTrace": []}
            _call(api, "POST", f"{request}/error", told)
        else:
            _call(api, "POST", f"{request}/response", answer)


def _call(api, method, path, body=None):
    """No time-out: the next order may be hours away."""
    connection = http.client.HTTPConnection(api)
    try:
        connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.headers, response.read()
    finally:
        connection.close()
