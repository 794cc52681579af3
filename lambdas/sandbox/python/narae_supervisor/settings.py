"""What the supervisor is told by its environment, read once."""

import json
import os
import sys

from . import libraries, proc

TASK_ROOT_OF_AWS = "/var/task"


class SettingsError(Exception):
    """The environment is wrong; the message names the variable."""


class Settings:
    def __init__(self, environ):
        try:
            self.runtime_api = environ["AWS_LAMBDA_RUNTIME_API"]
        except KeyError as error:
            raise SettingsError("AWS_LAMBDA_RUNTIME_API is not set") from error
        folder = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
        self.harness = os.path.join(folder, "child.py")
        # Version managers put shims on the PATH; isolation binds the real file only.
        self.interpreter = os.path.realpath(sys.executable)
        self.launcher = _launcher(environ.get("NARAE_CHILD_LAUNCHER", ""))
        self.scratch_base = os.path.realpath(environ.get("TMPDIR") or "/tmp")
        self.libraries = libraries.folder_in(self.scratch_base)
        if any("{libraries}" in part for part in self.launcher):
            # Before the first child: it is shown to children that wait for a run whose library comes later.
            libraries.create(self.libraries)
        # AWS builds its interpreter as a shared library and finds it by this variable.
        self.library_path = environ.get("LD_LIBRARY_PATH")
        self.owns_environment = environ.get("LAMBDA_TASK_ROOT") == TASK_ROOT_OF_AWS and _alone()

    def command(self, scratch):
        known = {"{scratch}": scratch, "{libraries}": self.libraries}
        launcher = [_filled_in(part, known) for part in self.launcher]
        return [*launcher, self.interpreter, "-I", "-S", "-B", "-u", self.harness]

    def child_environment(self, scratch):
        environment = {
            "PATH": f"{os.path.dirname(self.interpreter)}:/usr/local/bin:/usr/bin:/bin",
            "HOME": scratch,
            "TMPDIR": scratch,
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONUNBUFFERED": "1",
        }
        if self.library_path:
            environment["LD_LIBRARY_PATH"] = self.library_path
        return environment


def _filled_in(part, known):
    for placeholder, value in known.items():
        part = part.replace(placeholder, value)
    return part


def _launcher(text):
    if not text:
        return []
    try:
        parts = json.loads(text)
    except ValueError as error:
        raise SettingsError("NARAE_CHILD_LAUNCHER is not JSON") from error
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise SettingsError("NARAE_CHILD_LAUNCHER must be an array of strings")
    return parts


def _alone():
    """Whether, beside us and those we descend from, no process of our user is to be seen: a Lambda environment."""
    family = set()
    pid = os.getpid()
    while pid:
        family.add(pid)
        known = proc.stat(pid)
        pid = known.parent if known else 0
    return not any(proc.owner(pid) == os.getuid() for pid in proc.all_pids() if pid not in family)
