"""An event loop for a component, which has neither sockets nor pipes: the usual one cannot be made there."""

import asyncio
import time


class ComponentLoop(asyncio.BaseEventLoop):
    """Runs tasks and timers. Of what it waits for, only time passes."""

    def __init__(self):
        super().__init__()
        self._selector = _Clock()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass  # there is no other thread that could wake it


class _Clock:
    def select(self, timeout):
        if timeout is None:
            raise RuntimeError("the code waits for something that cannot happen in a component")
        time.sleep(timeout)
        return ()


def install():
    """In place of what asyncio makes by itself, `asyncio.run` included."""
    asyncio.new_event_loop = asyncio.events.new_event_loop = ComponentLoop
