"""Calls the user's function as its convention wants and as its parameters allow."""

_FUNCTION, _CODE_VARARGS = type(lambda: None), 0x04


def call(entry_point, event, context):
    """The value of the function, awaited where it is a promise of one. Raises what user code raises."""
    if entry_point.takes_request:
        from .requests import request_of

        value = entry_point.function(request_of(event))
    else:
        arguments = (event, context)[: positional_count(entry_point.function)]
        value = entry_point.function(*arguments)
    return _run(value) if hasattr(type(value), "__await__") else value


def positional_count(function):
    """How many of two positional arguments a function takes."""
    bound = 0
    plain = function
    if hasattr(plain, "__func__"):
        plain, bound = plain.__func__, 1
    if type(plain) is _FUNCTION and not hasattr(plain, "__wrapped__"):
        if plain.__code__.co_flags & _CODE_VARARGS:
            return 2
        return min(2, max(0, plain.__code__.co_argcount - bound))
    return _count_by_signature(function)


def _count_by_signature(function):
    """For decorated functions, objects with __call__, classes."""
    import inspect

    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 2
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return 2
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return min(2, sum(parameter.kind in positional for parameter in parameters))


def _run(awaitable):
    """The value ends the run: tasks and threads that go on are not waited for, as asyncio.run would."""
    import asyncio

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(_value_of(awaitable))


async def _value_of(awaitable):
    return await awaitable
