"""Keeps one child ready. It is never there while user code runs, which could tamper with it."""

from . import tree_end
from .child import Child, ChildFailed
from .process_tree import ProcessTree


class Nursery:
    def __init__(self, settings):
        self._settings = settings
        self._ready = None

    def prepare(self):
        """Starts a child and waits until it is warm. A failure comes again in take(), where a run needs it."""
        if self._ready is None:
            try:
                self._ready = self._start()
            except ChildFailed as error:
                print(f"narae supervisor: {error}", flush=True)

    def take(self):
        """A child that has run nothing. Raises ChildFailed."""
        child, self._ready = self._ready, None
        if child is not None and child.alive:
            return child
        if child is not None:
            discard(child)
        return self._start()

    def _start(self):
        try:
            child = Child(self._settings)
        except OSError as error:
            raise ChildFailed(f"no child: {error}") from error
        try:
            child.wait_until_warm()
        except ChildFailed:
            discard(child)
            raise
        return child


def discard(child):
    """Ends a child that has run nothing."""
    tree_end.end(ProcessTree(child.pid), child)
    child.dispose()
