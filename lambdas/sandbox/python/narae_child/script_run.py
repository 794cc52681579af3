"""A run of the kind `script`: what `python main.py` does, in this process."""

import os
import sys

from . import exits, failure
from .source import DoesNotParse, Source


def run(order, reports):
    """Returns at the program's end; the interpreter then ends as it always does, threads and atexit included."""
    source = Source(order["codeBase64"], "main")
    source.write()
    sys.path.insert(0, os.getcwd())
    _give_stdin(order["stdin"].encode("utf-8", "surrogatepass"))
    module = source.new_module("__main__")
    _furnish(module)
    sys.modules["__main__"] = module
    sys.argv[:] = [source.file]
    last_word = exits.LastWord(reports)
    reports.say_start()
    try:
        _execute(source, module, reports)
    except SystemExit as error:
        last_word.code = exits.code_of(error)
        raise


def _execute(source, module, reports):
    try:
        exec(source.compile(), module.__dict__)
    except SystemExit:
        raise
    except DoesNotParse as error:
        _end_with(error.cause, failure.describe_syntax(error.cause), None, reports)
    except BaseException as error:  # user code may raise anything
        report = failure.describe(failure.error_type_of(error), error, source.file)
        _end_with(error, report, failure.without_harness(error.__traceback__, source.file), reports)


def _furnish(module):
    """Gives it what the interpreter puts into a main module, which the harness's own is."""
    main = vars(sys.modules["__main__"])
    for name in ("__annotations__", "__builtins__", "__cached__"):
        if name in main:
            setattr(module, name, main[name])


def _give_stdin(data):
    """Standard input is a file without a name: reading never waits, and /dev/stdin can be opened."""
    path = os.path.join(os.getcwd(), ".stdin")
    with open(path, "wb") as file:
        file.write(data)
    descriptor = os.open(path, os.O_RDONLY)
    os.unlink(path)
    os.dup2(descriptor, 0)
    os.close(descriptor)


def _end_with(error, report, trace, reports):
    """Ends the program as an exception that nobody caught does, hook included."""
    if reports.is_ours:
        try:
            reports.say_error(report)
        except OSError:
            pass  # user code closed the way
    # Without our own frame; the hook shows what stands on the exception.
    error.__traceback__ = trace
    sys.excepthook(type(error), error, trace)
    if type(error) is KeyboardInterrupt:
        # The interpreter ends by SIGINT then, after all else; it has been shown.
        sys.excepthook = lambda *_: None
        raise error
    sys.exit(1)
