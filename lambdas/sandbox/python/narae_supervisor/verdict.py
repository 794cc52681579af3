"""How a run ended, as the one frame that says so: result or error."""

import signal as signals

from .frames import error_frame, result_frame
from .json_depth import is_deeper_than
from .result_channel import read_error
from .run_spec import parse_json

# What user code can bring about by itself; the rest is for the supervisor to say.
CHILD_ERRORS = ("RUNTIME_ERROR", "SYNTAX_ERROR", "HANDLER_NOT_FOUND", "INVALID_RESULT", "OUT_OF_MEMORY")
# Values that become part of an answer's JSON: an event may be 64 deep, and is often sent back inside something.
RESULT_DEPTH = 128
# A launcher that waits for its program tells of a signal as a shell does.
SHELL_SIGNAL_BASE = 128
LAST_SIGNAL = 64


def result_of(rest, spec):
    """The frame for a result message `truncated json`."""
    truncated, _, text = rest.partition(b" ")
    try:
        value = parse_json(text)
        json_text = text.decode("utf-8")
    except ValueError:
        return invalid("The result is not JSON.")
    if spec.convention == "invocation":
        if not _is_http_result(value, spec.limits["resultBytes"]):
            return invalid("The result is not an object with statusCode and body.")
    elif len(text) > spec.limits["resultBytes"]:
        return invalid(f"The result has {len(text)} bytes of JSON, more than {spec.limits['resultBytes']}.")
    elif is_deeper_than(text, RESULT_DEPTH):
        return invalid(f"The result is nested deeper than {RESULT_DEPTH} levels.")
    return result_frame(json_text, truncated == b"1")


def _is_http_result(value, body_bytes):
    return (
        isinstance(value, dict)
        and type(value.get("statusCode")) is int
        and 100 <= value["statusCode"] <= 599
        and isinstance(value.get("body"), str)
        and len(value["body"].encode("utf-8", "surrogatepass")) <= body_bytes
        and isinstance(value.get("headers", {}), dict)
        and all(isinstance(header, str) for header in value.get("headers", {}).values())
    )


def error_of(rest):
    """The frame for an error message of the child."""
    error = read_error(rest)
    if error is None:
        return runtime_error("InvalidReport", "the code ended with a report that can't be read")
    error_type = error["errorType"] if error["errorType"] in CHILD_ERRORS else "RUNTIME_ERROR"
    return error_frame(error_type, error["name"], error["message"], error.get("stack", []))


def invalid(message):
    return error_frame("INVALID_RESULT", "InvalidResult", f"InvalidResult: {message}")


def runtime_error(name, message):
    return error_frame("RUNTIME_ERROR", name, f"{name}: {message}")


def timed_out(timeout_ms):
    return error_frame("TIMEOUT", "Timeout", f"Timeout: the code did not end within {timeout_ms:g} ms")


def out_of_memory(memory_mb):
    message = f"OutOfMemory: the code used more than {memory_mb:g} MiB of memory"
    return error_frame("OUT_OF_MEMORY", "OutOfMemory", message)


def cancelled():
    return error_frame("CANCELLED", "Cancelled", "Cancelled: the run was cancelled")


def platform_error(message):
    return error_frame("PLATFORM_ERROR", "PlatformError", f"PlatformError: {message}")


def read_exit(status, launched, announced_code):
    """(exit code or None, name of the signal or None) of a child's end; `status` is None if it did not end.

    `announced_code` is what the child said that it would exit with, if it did: a launcher's status does not tell.
    """
    if status is None:
        return None, None
    number = -status
    if launched and status > SHELL_SIGNAL_BASE and status != announced_code:
        number = status - SHELL_SIGNAL_BASE
    if not 0 < number <= LAST_SIGNAL:
        return status, None
    try:
        return None, signals.Signals(number).name
    except ValueError:
        return None, f"signal {number}"


class Exit:
    """The child ended by itself. `failure`: what a script said of its end before, if it did."""

    def __init__(self, failure):
        self.failure = failure


def settle(verdict, spec, code, signal, meter):
    """The last word on a run that was not killed for a limit. Returns (frame, exit code, signal), as the run's own."""
    frame = verdict
    if isinstance(verdict, Exit):
        frame = _frame_of_exit(verdict, spec, code, signal)
        # The kernel kills where the whole environment runs out of memory, which the largest process brings about.
        memory = signal == "SIGKILL" and meter.memory_was_nearly_used
    else:
        # It had said how it ended and was ended by us then.
        code, signal = (0 if frame["t"] == "result" else 1), None
        memory = False
    if memory or meter.memory_was_exceeded:
        frame = out_of_memory(spec.limits["memoryMb"])
    return frame, code, signal


def _frame_of_exit(exit, spec, code, signal):
    if signal is not None:
        return runtime_error("Killed", f"the code was ended by {signal}")
    if not spec.is_script:
        return runtime_error("Exited", f"the code ended with exit code {code} before it returned")
    if code == 0:
        return result_frame("null", False)
    return exit.failure or runtime_error("Exited", f"the program ended with exit code {code}")
