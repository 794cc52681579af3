"""From requirements to a lock: every package with its version and hash, so that equal locks are equal packages."""

import base64
import gzip
import json
import platform
import sys

from . import pip
from .failure import NoDistribution, Refused

LOCK_CHARS = 150_000


def resolve(requirements):
    """`requirements`: lines of a requirements file. Raises Refused or RegistryUnavailable."""
    with open("requirements.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(requirements) + "\n")
    try:
        pip.run(
            "install",
            "--dry-run",
            "--ignore-installed",
            "--report",
            "report.json",
            *pip.WHEELS_ONLY,
            "--requirement",
            "requirements.txt",
        )
    except NoDistribution as error:
        raise _explained(error) from None
    with open("report.json", encoding="utf-8") as file:
        packages = json.load(file)["install"]
    return {"lock": _packed("\n".join(sorted(map(_line, packages)))), "platform": _platform()}


def _packed(lock):
    """A state machine carries 256 KB, a request for an installation among them."""
    text = base64.b64encode(gzip.compress(lock.encode(), mtime=0)).decode()
    if len(text) > LOCK_CHARS:
        raise Refused("library takes too many packages")
    return text


def _line(package):
    metadata, info = package["metadata"], package["download_info"]
    name = f"{metadata['name']}=={metadata['version']}"
    if package.get("is_direct"):
        raise Refused(f"library needs {name} from an address of its own; only packages of the index are installed")
    sha256 = info.get("archive_info", {}).get("hashes", {}).get("sha256")
    if not sha256:
        raise Refused(f"library needs {name}, which the index has without a sha256")
    return f"{name} --hash=sha256:{sha256}"


def _explained(error):
    """A version that exists, but not as a wheel, is refused for another reason than one that does not exist."""
    if not error.name or not pip.has_version(error.name, error.requirement):
        return error
    return Refused(
        f"library needs {error.requirement}: no version that fits has a wheel for Python {_python()} on this platform,"
        " and packages are not built from source"
    )


def _python():
    return "%d.%d" % sys.version_info[:2]


def _platform():
    """What wheels are chosen by, beside the requirements."""
    return f"{sys.implementation.name}-{_python()}-{sys.platform}-{platform.machine()}"
