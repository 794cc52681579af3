"""Stands for Lambda's managed Python runtime: between the Runtime API and the process that the function's code runs in.

That process is isolated as all user code is (NARAE_CHILD_LAUNCHER): it has no network, sees the function's package and a
folder of its own, and is given the function's variables and no others. Requests go to it on descriptor 3, one JSON
document a line, and answers come back on 4.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile

REQUEST_IN, ANSWER_OUT = 3, 4
# Lambda takes no more of an answer.
MAX_ANSWER_BYTES = 6 * 1024 * 1024 + 64 * 1024
API = "/2018-06-01/runtime"


def main():
    child = Child(os.environ)
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    started = child.read()
    if "error" in started:
        api.post("init/error", json.dumps(started["error"]).encode(), started["error"]["errorType"])
        sys.exit(1)
    while True:
        headers, event = api.next()
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        child.write(
            {
                "id": request_id,
                "deadline": int(headers["Lambda-Runtime-Deadline-Ms"]),
                "arn": headers["Lambda-Runtime-Invoked-Function-Arn"],
                "event": event.decode(),
            }
        )
        answer = child.read(request_id)
        if "error" in answer:
            api.post(f"invocation/{request_id}/error", json.dumps(answer["error"]).encode(), answer["error"]["errorType"])
            if answer.get("ended"):
                sys.exit(1)
        else:
            api.post(f"invocation/{request_id}/response", answer["result"].encode("utf-8", "replace"))


class Child:
    def __init__(self, environ):
        base = os.path.realpath(environ.get("TMPDIR") or "/tmp")
        scratch = tempfile.mkdtemp(prefix="app-", dir=base)
        libraries = tempfile.mkdtemp(prefix="libraries-", dir=base)
        os.chmod(scratch, 0o711)
        known = {"{scratch}": scratch, "{libraries}": libraries}
        launcher = [_filled_in(part, known) for part in json.loads(environ.get("NARAE_CHILD_LAUNCHER") or "[]")]
        interpreter = os.path.realpath(sys.executable)
        with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "python_child.py")) as file:
            # As text: the isolated process sees no folder of ours.
            program = file.read()
        request_in, self._requests = os.pipe()
        answers, answer_out = os.pipe()
        self._process = subprocess.Popen(
            [*launcher, interpreter, "-I", "-S", "-B", "-u", "-c", program],
            env=_environment(environ, scratch, interpreter),
            stdin=subprocess.DEVNULL,
            cwd=scratch,
            close_fds=False,
            preexec_fn=lambda: _place({REQUEST_IN: request_in, ANSWER_OUT: answer_out}),
        )
        os.close(request_in)
        os.close(answer_out)
        self._answers = os.fdopen(answers, "rb")

    def write(self, request):
        data = memoryview(json.dumps(request).encode() + b"\n")
        try:
            while data:
                data = data[os.write(self._requests, data) :]
        except BrokenPipeError:
            pass  # it has ended, which reading tells

    def read(self, request_id=None):
        """Its next word, about the request of that id. What it says is the word of user code: anything may come, or nothing
        more. One that says something else is ended, or its next answers would be those of requests before."""
        line = self._answers.readline(MAX_ANSWER_BYTES)
        try:
            word = json.loads(line)
            if line.endswith(b"\n") and _is_word(word) and word.get("id") == request_id:
                return word
        except ValueError:
            pass
        self._process.kill()
        status = self._process.wait()
        message = f"RequestId: the process of the function ended with status {status} before it answered"
        return {"error": {"errorType": "Runtime.ExitError", "errorMessage": message}, "ended": True}


def _is_word(word):
    if not isinstance(word, dict):
        return False
    if "error" in word:
        return isinstance(word["error"], dict) and isinstance(word["error"].get("errorType"), str)
    return "ready" in word or isinstance(word.get("result"), str)


def _environment(environ, scratch, interpreter):
    """What Lambda gives to functions, without credentials: those of a role that may do nothing open nothing."""
    passed = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT", "_HANDLER", "LANG", "TZ")
    names = [name for name in environ if name in passed or name.startswith("AWS_LAMBDA_FUNCTION_")]
    return {
        **{name: environ[name] for name in names},
        **json.loads(environ["NARAE_FUNCTION_VARIABLES"]),
        "PATH": f"{os.path.dirname(interpreter)}:/usr/local/bin:/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
    }


def _place(descriptors):
    """In the new process. Descriptors of ours are above those of the protocol first, so that none is overwritten."""
    import fcntl

    high = {number: fcntl.fcntl(descriptor, fcntl.F_DUPFD, 20) for number, descriptor in descriptors.items()}
    for number, descriptor in high.items():
        os.dup2(descriptor, number)
    os.closerange(max(descriptors) + 1, 1 << 12)


def _filled_in(part, known):
    for placeholder, value in known.items():
        part = part.replace(placeholder, value)
    return part


class RuntimeApi:
    def __init__(self, address):
        # Lambda holds the poll of an idle environment for as long as it has nothing to do.
        self._connection = http.client.HTTPConnection(address)

    def next(self):
        self._connection.request("GET", f"{API}/invocation/next")
        answer = self._connection.getresponse()
        return answer.headers, answer.read()

    def post(self, path, body, error_type=None):
        headers = {"Content-Type": "application/json"}
        if error_type is not None:
            headers["Lambda-Runtime-Function-Error-Type"] = error_type
        self._connection.request("POST", f"{API}/{path}", body, headers)
        self._connection.getresponse().read()


main()
