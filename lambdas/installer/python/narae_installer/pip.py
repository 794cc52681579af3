"""Runs the pip that this package brings along."""

import os
import re
import subprocess
import sys

from .failure import failure_of

_BESIDE = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "pip")
# Wheels only: building from source would run code of the package.
_ALWAYS = ["--no-input", "--disable-pip-version-check", "--no-cache-dir", "--no-color"]
WHEELS_ONLY = ["--only-binary", ":all:", "--progress-bar", "off", "--retries", "2", "--timeout", "15"]
# An index that fails looks like one that has no such package, but in the log.
LOG = "pip.log"


def run(command, *arguments):
    """Returns what pip printed. Raises Refused or RegistryUnavailable."""
    done = _pip(command, *arguments, "--log", LOG)
    if done.returncode != 0:
        with open(LOG, encoding="utf-8", errors="replace") as log:
            raise failure_of(done.stdout + done.stderr, log.read())
    return done.stdout


def has_version(name, requirement):
    """Whether the index has a version that a requirement asks for, be it as a wheel or as a source."""
    sys.path.append(_BESIDE)
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement

    listed = re.search(r"^Available versions: (.+)$", _pip("index", "versions", name, "--pre").stdout, re.MULTILINE)
    try:
        # pip puts blanks and brackets around what it tells of a requirement's origin.
        asked = Requirement(requirement.split(" (from ")[0]).specifier
    except InvalidRequirement:
        return False
    return listed is not None and any(asked.contains(version, prereleases=True) for version in listed[1].split(", "))


def _pip(command, *arguments):
    # -S: no site-packages of the runtime; -P: nothing from the working directory.
    argv = [sys.executable, "-S", "-P", "-B", "-m", "pip", command, *_ALWAYS, *arguments]
    return subprocess.run(
        argv,
        env={**os.environ, "PYTHONPATH": _BESIDE, "PYTHONNOUSERSITE": "1", "PIP_ROOT_USER_ACTION": "ignore"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
