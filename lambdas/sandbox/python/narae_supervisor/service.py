"""The life of an environment: get ready, then one run after the other."""

import os
import sys

from . import frames, prctl, verdict
from .cancellation import Cancellation
from .child import ChildFailed
from .fetch import fetch
from .http_socket import HttpFailure
from .leftovers import Leftovers
from .libraries import Libraries
from .nursery import Nursery, discard
from .run import ChildLost, Run
from .run_spec import BadEvent, RunSpec, parse_json
from .runtime_api import RuntimeApi
from .settings import Settings, SettingsError

# A child that was lost before user code started is replaced once.
CHILDREN = 2
VERSION = ".".join(map(str, sys.version_info[:3]))


def serve():
    """Takes runs until the environment ends. Does not return."""
    try:
        settings = Settings(os.environ)
    except SettingsError as error:
        sys.exit(f"narae supervisor: {error}")
    api = RuntimeApi(settings.runtime_api)
    try:
        prctl.guard_supervisor()
        nursery, leftovers = Nursery(settings), Leftovers(settings)
        libraries = Libraries(settings.libraries)
    except OSError as error:
        api.report_init_error(error)
        raise
    cold = True
    while True:
        # Made now, not while a run is going or its caller waits: Lambda freezes an idle environment only after this.
        nursery.prepare()
        request_id, payload = api.next()
        turn = Turn(api.respond(request_id), nursery, libraries)
        # An exception in here is a fault of ours. The stream breaks off, which the runner takes for a lost worker, we
        # end, and Lambda makes a new environment.
        clean = turn.take(payload, cold)
        turn.clean_up()
        if not clean:
            sys.exit("narae supervisor: processes of a run could not be ended")
        leftovers.remove()
        cold = False


class Turn:
    """One invocation, from its payload to the end of its answer."""

    def __init__(self, response, nursery, libraries):
        self._response = response
        self._nursery = nursery
        self._libraries = libraries
        self._used = []
        self._cancellation = None

    def take(self, payload, cold):
        """Returns whether this environment can take another run."""
        self._send({"t": "ready", "cold": cold, "version": VERSION, "protocol": frames.PROTOCOL})
        clean = True
        try:
            clean = self._run(_read(payload, self._libraries))
        except BadEvent as error:
            self._fail(f"the order of the run is wrong: {error}")
        except ChildFailed as error:
            print(f"narae supervisor: {error}", flush=True)
            self._fail("the code could not be started")
        self._send({"t": "end"})
        try:
            self._response.finish()
        except (OSError, HttpFailure):
            pass  # the caller is gone; what it did not hear it takes for a lost worker
        return clean

    def clean_up(self):
        """What the caller need not wait for."""
        if self._cancellation:
            self._cancellation.close()
        for child in self._used:
            child.dispose()

    def _run(self, spec):
        for attempt in range(CHILDREN):
            child = self._nursery.take()
            if spec.cancel_url and not self._cancellation:
                self._cancellation = Cancellation(spec.cancel_url)
            try:
                clean = Run(spec, child, self._send, self._response).execute(self._cancellation)
            except ChildLost:
                discard(child)
                if attempt == CHILDREN - 1:
                    raise ChildFailed("children are lost before user code starts") from None
            else:
                self._used.append(child)
                return clean

    def _fail(self, message):
        self._send(verdict.platform_error(message))
        self._send({"t": "usage", **frames.NO_USAGE})

    def _send(self, frame):
        self._response.write(frames.encode(frame))


def _read(payload, libraries):
    spec = RunSpec(payload)
    if spec.bundle_url:
        spec.library = libraries.get(spec.bundle_url, spec.bundle_sha)
    if spec.event_url:
        spec.event = fetch("event", spec.event_url)
        try:
            parse_json(spec.event)
        except ValueError as error:
            raise BadEvent(f"event is not JSON: {error}") from error
    if spec.stdin_url:
        spec.stdin = fetch("stdin", spec.stdin_url).decode("utf-8", "replace")
    return spec
