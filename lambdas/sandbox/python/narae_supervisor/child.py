"""A child: the process that will run user code once. Started ahead of its run, it waits with the harness loaded."""

import fcntl
import os
import select
import signal

from . import prctl, proc, scratch

# Room in the output pipes, so that a child seldom waits for us.
PIPE_BYTES = 256 * 1024
WARM_TIMEOUT_S = 10
# Descriptors of ours start here: 0 to 4 belong to the child's.
FIRST_DESCRIPTOR = 10
STDOUT, STDERR, RUN_IN, RESULT_OUT = 1, 2, 3, 4


class ChildFailed(Exception):
    """The child did not come up; the message says what it printed."""


class Child:
    def __init__(self, settings):
        self.scratch = scratch.create(settings.scratch_base)
        # Filled in by whoever waits for it (tree_end.py).
        self.exit_status = None
        self.peak_bytes = 0
        self.launched = bool(settings.launcher)
        mine, its = {}, {}
        for number in (STDOUT, STDERR, RESULT_OUT):
            mine[number], its[number] = _pipe()
        its[RUN_IN], mine[RUN_IN] = _pipe()
        self.stdout, self.stderr = mine[STDOUT], mine[STDERR]
        self.run_in, self.result_out = mine[RUN_IN], mine[RESULT_OUT]
        command = settings.command(self.scratch)
        environment = settings.child_environment(self.scratch)
        no_new_privileges = not self.launched
        self.fork_bytes = proc.resident_bytes(os.getpid())
        self.pid = os.fork()
        if self.pid == 0:
            _become(command, environment, self.scratch, its, no_new_privileges)
        for descriptor in its.values():
            os.close(descriptor)
        for descriptor in mine.values():
            os.set_blocking(descriptor, False)
        self.exited = os.pidfd_open(self.pid)

    def wait_until_warm(self):
        """Waits for the harness to be loaded. Raises ChildFailed."""
        ready, _, _ = select.select([self.result_out, self.exited], [], [], WARM_TIMEOUT_S)
        try:
            greeting = os.read(self.result_out, 64) if self.result_out in ready else b""
        except BlockingIOError:
            greeting = b""
        if greeting != b"warm\n":
            raise ChildFailed(f"the child did not come up: {self._last_words()}")

    def _last_words(self):
        try:
            return os.read(self.stderr, 2048).decode("utf-8", "replace").strip() or "it said nothing"
        except BlockingIOError:
            return "it said nothing in time"

    @property
    def alive(self):
        return not select.select([self.exited], [], [], 0)[0]

    def close_run_in(self):
        """The child sees the end of its order."""
        os.close(self.run_in)
        self.run_in = None

    def dispose(self):
        """Lets go of what belonged to it; its processes must have ended."""
        for descriptor in (self.stdout, self.stderr, self.run_in, self.result_out, self.exited):
            if descriptor is not None:
                os.close(descriptor)
        try:
            scratch.remove(self.scratch)
        except OSError as error:
            print(f"narae supervisor: {self.scratch} is left: {error}", flush=True)


def _pipe():
    """A pipe whose ends keep clear of the numbers that the child's descriptors get."""
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR))
        os.close(end)
    # A launcher may make the child another user, who is to open /dev/stdout.
    os.fchmod(ends[1], 0o666)
    try:
        fcntl.fcntl(ends[0], fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:
        pass  # the user's share of pipe memory is used up: the usual 64 KiB do as well
    return ends


def _become(command, environment, folder, descriptors, no_new_privileges):
    """In the forked process: takes the child's shape and executes its command. Never returns."""
    try:
        os.setsid()
        prctl.prctl(prctl.PR_SET_PDEATHSIG, signal.SIGKILL)
        if no_new_privileges:
            prctl.prctl(prctl.PR_SET_NO_NEW_PRIVS, 1)
        _volunteer_for_the_oom_killer()
        # Python ignores these, and what is ignored stays so in what we execute.
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        for number, descriptor in descriptors.items():
            os.dup2(descriptor, number)
        os.closerange(max(descriptors) + 1, 1 << 16)
        os.chdir(folder)
        os.execve(command[0] if "/" in command[0] else _find(command[0], environment), command, environment)
    except BaseException as error:  # whatever it is, this process must not run on as a second supervisor
        os.write(2, f"{command[0]}: {error}\n".encode("utf-8", "replace"))
    finally:
        os._exit(127)


def _volunteer_for_the_oom_killer():
    """If the environment runs out of memory the kernel shall end user code, not its supervisor."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass


def _find(name, environment):
    for folder in environment["PATH"].split(":"):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    return name
