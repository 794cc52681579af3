"""A run of the kind `handler`: import the file, call one function, report its value."""

import os
import signal
import sys
import time

from . import exits, failure, results
from .calling import call
from .context import Context
from .entry_point import find
from .reporting import print_lines, report_of
from .source import Source

_kill, _getpid, _exit = os.kill, os.getpid, os._exit


def run(order, reports):
    source = Source(order["codeBase64"], order["entry"]["module"])
    source.write()
    # Last: a file that has the name of a standard module must not take its place.
    sys.path.append(os.getcwd())
    event = order.get("event")
    context = Context(order["context"], time.monotonic() + order["timeoutMs"] / 1000)
    reports.say_start()
    try:
        report = _execute(order, source, event, context)
    except BaseException as error:  # user code may raise anything
        report = _failed(error, source.file)
    failure.flush_streams()
    if not reports.is_ours:
        _exit(0)
    try:
        report(reports)
    except OSError:
        _exit(1)  # user code closed the way
    # Nothing of the user's runs on while the supervisor takes the figures; it ends us.
    _kill(_getpid(), signal.SIGSTOP)


def _execute(order, source, event, context):
    module = source.new_module(source.module)
    source.execute(module)
    entry_point = find(module, order["entry"], order["convention"], source.file)
    value = call(entry_point, event, context)
    json_bytes, truncated = results.encode(value, order["convention"], order["resultBytes"])
    return lambda reports: reports.say_result(json_bytes, truncated)


def _failed(error, file):
    """Prints what the user should see. Returns how to report it."""
    if isinstance(error, SystemExit):
        return _exited(error)
    report = report_of(error, file)
    return lambda reports: reports.say_error(report)


def _exited(error):
    """sys.exit before there is a value: the run ends as the process would have."""
    code = exits.code_of(error)
    if error.code is not None and not isinstance(error.code, int):
        print_lines([str(error.code)])
    failure.flush_streams()

    def end(reports):
        exits.announce(code, reports)
        _exit(code)

    return end
