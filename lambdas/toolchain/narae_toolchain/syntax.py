"""Whether files parse, found out by the compiler."""

import warnings


def syntax_error_of(file):
    """The finding, or None."""
    with open(file, "rb") as source:
        code = source.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        return finding(file, error.lineno, error.offset, error.msg)
    except (ValueError, OverflowError, UnicodeError) as error:
        return finding(file, 1, 1, str(error))
    except (RecursionError, MemoryError):
        return finding(file, 1, 1, "the code is too complex to be parsed")
    return None


def finding(file, line, column, text):
    return f"{file}:{max(1, line or 1)}:{max(1, column or 1)}: error: {text}"
