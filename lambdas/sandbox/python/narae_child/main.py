"""From an idle process to a finished run."""

import os
import site
import sys

from . import channel, handler_run, script_run


def main(folder):
    """`folder`: where the harness stands; modules lent to user code are beside it."""
    _finish_interpreter()
    channel.say_warm()
    received = channel.receive()
    if received is None:
        return
    order, cpu_before_ns = received
    reports = channel.Channel(order["token"], cpu_before_ns)
    sys.path.append(os.path.join(folder, "userlib"))
    os.chdir(os.environ["HOME"])
    _set_environment(order["env"])
    run = script_run if order["entry"]["kind"] == "script" else handler_run
    run.run(order, reports)


def _finish_interpreter():
    """What -S leaves out of a usual interpreter, without site-packages."""
    site.setquit()
    site.sethelper()


def _set_environment(env):
    os.environ.update(env)
    if "TZ" in env:
        import time

        time.tzset()
