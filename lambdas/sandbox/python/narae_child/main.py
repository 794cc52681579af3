"""From an idle process to a finished run."""

import os
import site
import sys

from . import channel, exits, handler_run, script_run


def main(folder):
    """`folder`: where the harness stands; what is lent to user code is beside it."""
    _finish_interpreter()
    channel.say_warm()
    received = channel.receive()
    if received is None:
        return
    order, cpu_before_ns = received
    reports = channel.Channel(order["token"], cpu_before_ns)
    exits.announce_direct_ones(reports)
    sys.path.extend(_packages(folder, order))
    os.chdir(os.environ["HOME"])
    _set_environment(order["env"])
    run = script_run if order["entry"]["kind"] == "script" else handler_run
    run.run(order, reports)


def _packages(folder, order):
    """Where `import` looks after the standard library: what the run brings along, then what is lent to all of its kind."""
    if order["library"]:
        yield order["library"]
    if order["convention"] == "callback":
        yield os.path.join(folder, "lent", "callback")
    yield os.path.join(folder, "userlib")


def _finish_interpreter():
    """What -S leaves out of a usual interpreter, without site-packages."""
    site.setquit()
    site.sethelper()


def _set_environment(env):
    os.environ.update(env)
    if "TZ" in env:
        import time

        time.tzset()
