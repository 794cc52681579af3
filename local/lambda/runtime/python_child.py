"""In isolation: loads a function's handler and calls it, as Lambda's managed Python runtime does."""

import json
import os
import site
import sys
import time

site.setquit()
site.sethelper()

_requests = os.fdopen(3, "rb")
_answers = os.fdopen(4, "wb", buffering=0)


class LambdaContext:
    def __init__(self, request):
        self.aws_request_id = request["id"]
        self.invoked_function_arn = request["arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self._deadline = request["deadline"]

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))


def say(word):
    data = memoryview(json.dumps(word).encode() + b"\n")
    while data:
        data = data[_answers.write(data) :]


def error_of(error, error_type=None):
    return {"error": {"errorType": error_type or type(error).__name__, "errorMessage": str(error), "stackTrace": []}}


def load():
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    return getattr(__import__(module.replace("/", "."), fromlist=[name]), name)


def answer(handler, request):
    try:
        result = handler(json.loads(request["event"]), LambdaContext(request))
    except Exception as error:
        return error_of(error)
    try:
        return {"result": json.dumps(result)}
    except (TypeError, ValueError) as error:
        return error_of(error, "Runtime.MarshalError")


def main():
    try:
        handler = load()
    except Exception as error:
        return say(error_of(error, "Runtime.ImportModuleError"))
    say({"ready": True})
    for line in _requests:
        request = json.loads(line)
        say({"id": request["id"], **answer(handler, request)})


main()
