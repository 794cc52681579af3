"""The source as files."""

import io
import os
import zipfile

UNPACKED_BYTES = 200 * 1024 * 1024
_READ_BYTES = 1 << 20


class BadSource(Exception):
    """It cannot be unpacked; the message says why."""


def unpack(data, folder):
    """Whoever sent it has checked its names; its size is counted while it unpacks. Raises BadSource."""
    os.mkdir(folder)
    left = UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                left -= _unpack_one(archive, entry, folder, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise BadSource(f"the source is not a zip that can be read: {error}") from None


def _unpack_one(archive, entry, folder, left):
    target = os.path.normpath(os.path.join(folder, entry.filename))
    if not target.startswith(f"{folder}{os.sep}"):
        raise BadSource("the source has a path outside its root")
    if entry.is_dir():
        os.makedirs(target, exist_ok=True)
        return 0
    os.makedirs(os.path.dirname(target), exist_ok=True)
    size = 0
    with archive.open(entry) as packed, open(target, "wb") as file:
        while chunk := packed.read(_READ_BYTES):
            size += len(chunk)
            if size > left:
                raise BadSource(f"the source takes more than {UNPACKED_BYTES >> 20} MiB unpacked")
            file.write(chunk)
    return size


def python_files(folder):
    """Paths of `*.py` below a folder, from there, in order."""
    found = []
    for path, folders, names in os.walk(folder):
        folders.sort()
        inside = os.path.relpath(path, folder)
        found += [os.path.normpath(os.path.join(inside, name)) for name in names if name.lower().endswith(".py")]
    return sorted(found)
