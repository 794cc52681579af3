"""Packs a folder so that equal folders give equal bytes."""

import gzip
import hashlib
import os
import tarfile


def pack(folder, target, without=()):
    """Makes a tar.gz of all files under `folder`, but for the folders named. Returns its sha256 and its size."""
    with open(target, "wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as zipped:
            with tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive:
                for name in sorted(_files(folder, without)):
                    _add(archive, os.path.join(folder, name), name)
    with open(target, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), os.path.getsize(target)


def _files(folder, without):
    for path, folders, names in os.walk(folder):
        inside = os.path.relpath(path, folder)
        if inside == ".":
            folders[:] = [name for name in folders if name not in without]
        for name in names:
            # Links are for programs that somebody calls by name; imports need none.
            if not os.path.islink(os.path.join(path, name)):
                yield os.path.normpath(os.path.join(inside, name))


def _add(archive, path, name):
    entry = tarfile.TarInfo(name)
    status = os.stat(path)
    entry.size = status.st_size
    entry.mode = 0o755 if status.st_mode & 0o100 else 0o644
    with open(path, "rb") as file:
        archive.addfile(entry, file)
