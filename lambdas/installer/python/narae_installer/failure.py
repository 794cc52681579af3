"""How an installation fails, and how that is told: in words of the package's user, without addresses of the installer."""

import re

REASON_CHARS = 2000


class Refused(Exception):
    """The library cannot be installed; the message says which package and why."""


class RegistryUnavailable(Exception):
    """The registry did not answer: another try may do better."""


TOO_LARGE = "library takes more than 250 MB unpacked"


# A page that is missing (4xx) is an answer; one that failed, or never came, is none.
NO_ANSWER = re.compile(r"Could not fetch URL \S+: (?!4\d\d Client Error)|Max retries exceeded|ReadTimeoutError")


def failure_of(output, log):
    """The error that pip's output and its log tell of."""
    if re.search(r"No space left on device|File too large|Disk quota exceeded", output):
        return Refused(TOO_LARGE)
    conflict = re.search(r"^The conflict is caused by:\n((?:[ \t]+\S.*\n?)+)", output, re.MULTILINE)
    if conflict:
        lines = [line.strip() for line in conflict.group(1).splitlines()]
        return Refused(_clean(f"library has requirements that conflict: {'; '.join(lines)}"))
    if NO_ANSWER.search(log):
        return RegistryUnavailable("the package index did not answer")
    missing = re.search(r"^ERROR: No matching distribution found for (.+)$", output, re.MULTILINE)
    if missing:
        return NoDistribution(_clean(missing.group(1)))
    errors = [line.removeprefix("ERROR: ") for line in output.splitlines() if line.startswith("ERROR: ")]
    return Refused(_clean(f"library cannot be installed: {' '.join(errors) or 'pip does not say why'}"))


class NoDistribution(Refused):
    """No wheel fits a requirement."""

    def __init__(self, requirement):
        super().__init__(f"library needs {requirement}: there is no such package or version")
        self.requirement = requirement

    @property
    def name(self):
        return re.match(r"[A-Za-z0-9._-]*", self.requirement).group()


def _clean(text):
    """Without addresses, which may hold credentials, and folders of the installer."""
    text = re.sub(r"\b[a-z][a-z0-9+.-]*://\S+", "the index", text)
    return re.sub(r"(?:/[\w.-]+){2,}", "a file", text)[:REASON_CHARS]
