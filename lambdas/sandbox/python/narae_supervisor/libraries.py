"""Packages that a run asks for beside its code: fetched once per environment, unpacked where a child can only read."""

import os

from . import scratch
from .fetch import opened
from .run_spec import BadEvent

FETCH_TIMEOUT_S = 20
FETCH_TRIES = 2
# Above what an installer makes (docs/contracts/callbacks.md#build): a bundle that is larger is not one of ours.
UNPACKED_BYTES = 300 * 1024 * 1024
PIECE_BYTES = 256 * 1024


def folder_in(base):
    """Name of the folder that libraries of this environment are unpacked in."""
    return os.path.join(base, f"libraries-{os.urandom(8).hex()}")


def create(folder):
    """Makes it, where it is not there yet: children may look into it."""
    os.makedirs(folder, 0o755, exist_ok=True)


class BadBundle(Exception):
    """It is not what the event says, or not a bundle at all."""


class Libraries:
    """The environment belongs to one owner, who has one library at a time: an older one makes room."""

    def __init__(self, folder):
        self._folder = folder

    def get(self, url, sha256):
        """The folder that holds the packages of a bundle. Raises BadEvent, without the address: it is a credential."""
        import http.client

        folder = os.path.join(self._folder, sha256)
        if os.path.isdir(folder):
            return folder
        reason = "no answer"
        for _ in range(FETCH_TRIES):
            try:
                create(self._folder)
                self._make_room()
                self._fetch(url, sha256, folder)
                return folder
            except (OSError, EOFError, http.client.HTTPException, ValueError, BadBundle) as error:
                reason = f"{type(error).__name__}: {error}" if isinstance(error, BadBundle) else type(error).__name__
        raise BadEvent(f"bundle can't be read: {reason}")

    def _make_room(self):
        for name in os.listdir(self._folder):
            scratch.remove(os.path.join(self._folder, name))

    def _fetch(self, url, sha256, folder):
        # Late: most environments never see a bundle.
        import tarfile

        draft = f"{folder}.draft"
        os.mkdir(draft, 0o755)
        with opened(url, FETCH_TIMEOUT_S) as response:
            if response.status != 200:
                raise BadBundle(f"HTTP {response.status}")
            source = _Hashed(response)
            try:
                with tarfile.open(fileobj=source, mode="r|gz") as archive:
                    _unpack(archive, draft)
            except tarfile.TarError as error:
                raise BadBundle(str(error)) from error
            while source.read(PIECE_BYTES):
                pass
        if source.hexdigest() != sha256:
            raise BadBundle("its hash is another one")
        _make_read_only(draft)
        os.rename(draft, folder)


class _Hashed:
    """A stream that is hashed while it is read."""

    def __init__(self, stream):
        import hashlib

        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size):
        piece = self._stream.read(size)
        self._hash.update(piece)
        return piece

    def hexdigest(self):
        return self._hash.hexdigest()


def _unpack(archive, folder):
    left = UNPACKED_BYTES
    for member in archive:
        if not member.isfile():
            raise BadBundle("it holds something that is no file")
        parts = member.name.split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise BadBundle("it holds a name that leads out of it")
        left -= member.size
        if left < 0:
            raise BadBundle("it is too large")
        path = os.path.join(folder, *parts)
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        mode = 0o555 if member.mode & 0o100 else 0o444
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            content = archive.extractfile(member)
            while piece := content.read(PIECE_BYTES):
                file.write(piece)


def _make_read_only(folder):
    """Against mistakes of user code: where the child is of our own user, it could undo this."""
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o555)
