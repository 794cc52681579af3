"""What is said of an exception: to the supervisor, and on stderr as a traceback of the user's own lines."""

import sys

MAX_FRAMES = 50
MAX_CAUSES = 5
# As many characters as a message may have bytes; the supervisor cuts it exactly.
MAX_MESSAGE_CHARS = 4096


def error_type_of(error):
    return "OUT_OF_MEMORY" if isinstance(error, MemoryError) else "RUNTIME_ERROR"


def describe(error_type, error, file):
    """The report of an exception that user code raised."""
    return {
        "errorType": error_type,
        "name": type(error).__name__,
        "message": headline(error),
        "stack": [f"{file}, line {line}, in {function}" for line, function in _bounded(_user_frames(error, file))],
    }


def describe_syntax(error):
    """The report of what the compiler raised."""
    name = type(error).__name__
    if isinstance(error, SyntaxError):
        where = f" (line {error.lineno})" if error.lineno else ""
        message = f"{error.msg}{where}"
    else:
        message = _text(error)
    return {"errorType": "SYNTAX_ERROR", "name": name, "message": f"{name}: {message}"[:MAX_MESSAGE_CHARS], "stack": []}


def headline(error):
    """`Type: message`, or `Type` where there is no message."""
    text = _text(error)
    name = type(error).__name__
    return f"{name}: {text}"[:MAX_MESSAGE_CHARS] if text else name


def traceback_lines(error, file):
    """Like Python's traceback, but for frames that are not of the user's file, and without source lines."""
    lines = []
    for cause, link in reversed(_chain(error)):
        frames = _user_frames(cause, file)
        if frames:
            lines.append("Traceback (most recent call last):")
            lines += [f'  File "{file}", line {line}, in {function}' for line, function in _bounded(frames)]
        lines += headline(cause).split("\n")
        if link:
            lines += ["", link, ""]
    return lines


def syntax_lines(error, file):
    where = [f'  File "{file}", line {error.lineno}'] if isinstance(error, SyntaxError) and error.lineno else []
    return [*where, describe_syntax(error)["message"]]


def _chain(error):
    """The exception, and those that it came from, with the words that lead from each to the one before it in the list."""
    chain = [(error, None)]
    while len(chain) < MAX_CAUSES:
        if error.__cause__ is not None:
            error, link = error.__cause__, "The above exception was the direct cause of the following exception:"
        elif error.__context__ is not None and not error.__suppress_context__:
            error, link = error.__context__, "During handling of the above exception, another exception occurred:"
        else:
            break
        if any(error is known for known, _ in chain):
            break
        chain.append((error, link))
    return chain


def _user_frames(error, file):
    frames = []
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file:
            frames.append((step.tb_lineno, step.tb_frame.f_code.co_name))
        step = step.tb_next
    return frames


def _bounded(frames):
    """The outermost and the innermost frames of a deep recursion."""
    if len(frames) <= MAX_FRAMES:
        return frames
    half = MAX_FRAMES // 2
    return frames[:half] + frames[-half:]


def _text(error):
    try:
        return str(error)
    except Exception:  # user code's own __str__ may fail
        return ""


def without_harness(trace, file):
    """The traceback from the user's file on."""
    while trace is not None and trace.tb_frame.f_code.co_filename != file:
        trace = trace.tb_next
    return trace


def flush_streams():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # user code may have put anything there, or closed it
            pass
