"""The user's code: loaded with its first call, called, and its answer or failure made an HTTP answer."""

import json
import os
import sys
import time
from binascii import b2a_base64

from narae_child import exits, failure, results
from narae_child.calling import call
from narae_child.context import Context
from narae_child.entry_point import find
from narae_child.reporting import print_lines, report_of
from narae_child.source import Source
from narae_supervisor.json_depth import is_deeper_than

from . import answers, events

# As for `invoke` (docs/contracts/functions.md#semantics): what a function may answer, and how deep.
RESULT_BYTES = 5 * 1024 * 1024
RESULT_DEPTH = 128
ENTRY = {"function": "lambda_handler", "fallbacks": ["handler"]}
CONVENTION = "function"


class App:
    def __init__(self, root, harness):
        with open(os.path.join(root, "narae.json"), encoding="utf-8") as file:
            self._module = json.load(file)["module"]
        self._folder = os.path.join(root, "app")
        self._function_id = os.environ.pop("NARAE_FUNCTION_ID", None)
        self._entry_point = None
        # Last, as in a sandbox: nothing of the user's takes the place of a standard module.
        sys.path.extend([os.path.join(root, "packages"), os.path.join(harness, "userlib"), self._folder])
        _take_place()

    def answer(self, event, context):
        """The answer to a request to the function's address."""
        file = f"{self._module}.py"
        try:
            body = self._result(event, context)
            answer = answers.of_result(body)
        except SystemExit as error:
            answer = answers.of_report(_exited(error))
        except BaseException as error:  # user code may raise anything
            answer = answers.of_report(report_of(error, file))
        failure.flush_streams()
        return answer

    def _result(self, event, context):
        if self._entry_point is None:
            self._entry_point = self._load()
        deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000
        fields = {"requestId": context.aws_request_id, "functionId": self._function_id}
        value = call(self._entry_point, events.of_request(event), Context(fields, deadline))
        body, _ = results.encode(value, CONVENTION, RESULT_BYTES)
        if is_deeper_than(body, RESULT_DEPTH):
            raise results.InvalidResult(f"The result is nested deeper than {RESULT_DEPTH} levels.")
        return json.loads(body)

    def _load(self):
        path = os.path.join(self._folder, f"{self._module}.py")
        with open(path, "rb") as file:
            source = Source(b2a_base64(file.read()), self._module)
        # It stands where it was put; a sandbox would write it first.
        source.path = path
        module = source.new_module(self._module)
        source.execute(module)
        return find(module, ENTRY, CONVENTION, source.file)


def _exited(error):
    if error.code is not None and not isinstance(error.code, int):
        print_lines([str(error.code)])
    code = exits.code_of(error)
    message = f"Exited: the code ended with exit code {code} before it returned"
    return {"errorType": "EXITED", "name": "Exited", "message": message, "stack": []}


def _take_place():
    """What user code finds, as in a sandbox: a folder to write to, and the variables that Lambda could not be told."""
    folder = os.environ.get("TMPDIR") or "/tmp"
    os.environ.update(HOME=folder, TMPDIR=folder, TZ="UTC", LANG="C.UTF-8")
    os.environ.update(json.loads(os.environ.pop("NARAE_ENV", "{}")))
    time.tzset()
    os.chdir(folder)
