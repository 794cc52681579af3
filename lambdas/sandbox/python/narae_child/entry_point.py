"""Finds what to call in the user's module, by the convention of the caller."""

import sys

# Names of the `function` convention that take a Request instead of an event (docs/contracts/functions.md#semantics).
HANDLER_CLASS = "IncomingHandler"
HANDLER_FACTORY = "init_incoming_handler"
REQUEST_FUNCTION = "handle_request"


class HandlerNotFound(Exception):
    """The file has no such function; the message says which."""


class EntryPoint:
    """`function` to call: with a Request, or with an event and a context."""

    def __init__(self, function, takes_request):
        self.function = function
        self.takes_request = takes_request


def find(module, entry, convention, file):
    """Raises HandlerNotFound; and what user code raises while it makes its handler."""
    if convention == "function":
        found = _find_request_handler(module)
        if found:
            return EntryPoint(found, True)
    names = [entry["function"], *entry.get("fallbacks", [])]
    for name in names:
        function = getattr(module, name, None)
        if callable(function):
            return EntryPoint(function, False)
    present = [name for name in names if hasattr(module, name)]
    if present:
        raise HandlerNotFound(f"{present[0]} in {file} is not a function")
    raise HandlerNotFound(f"{file} has no function {' or '.join(names)}")


def _find_request_handler(module):
    handler_class = getattr(module, HANDLER_CLASS, None)
    if isinstance(handler_class, type) and _answers(handler_class):
        return handler_class().handle_request
    factory = getattr(module, HANDLER_FACTORY, None)
    if callable(factory):
        return factory().handle_request
    function = getattr(module, REQUEST_FUNCTION, None)
    return function if callable(function) else None


def _answers(handler_class):
    """Whether the class has a method of its own; the base class, which a file may have imported, has none."""
    method = getattr(handler_class, REQUEST_FUNCTION, None)
    library = sys.modules.get("spin_sdk.http")
    return method is not None and not (library and method is library.IncomingHandler.handle_request)
