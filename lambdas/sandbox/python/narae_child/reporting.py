"""What came of code that did not return: printed for the user, and as a report."""

import os

from . import failure, results
from .entry_point import HandlerNotFound
from .source import DoesNotParse

_write = os.write


def report_of(error, file):
    """Prints what the user should see of an exception, which is no SystemExit. Returns its report."""
    if isinstance(error, DoesNotParse):
        lines, report = failure.syntax_lines(error.cause, file), failure.describe_syntax(error.cause)
    elif isinstance(error, HandlerNotFound):
        lines, report = [], _platform_report("HANDLER_NOT_FOUND", "HandlerNotFound", error)
    elif isinstance(error, results.InvalidResult):
        lines, report = [], _platform_report("INVALID_RESULT", error.name, error)
    else:
        report = failure.describe(failure.error_type_of(error), error, file)
        lines = failure.traceback_lines(error, file)
    print_lines(lines)
    return report


def _platform_report(error_type, name, error):
    return {"errorType": error_type, "name": name, "message": f"{name}: {error}", "stack": []}


def print_lines(lines):
    if not lines:
        return
    # Past sys.stderr, which user code may have replaced or closed.
    failure.flush_streams()
    data = ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")
    try:
        while data:
            data = data[_write(2, data) :]
    except OSError:
        pass  # user code closed it
