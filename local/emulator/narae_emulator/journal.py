"""A journal: records that are on the disk before whoever caused them is answered."""

import asyncio
import json
import os
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

PREFIX = "journal-"
# A sync that takes less than this is done at once: the way to a thread and back would take as long, and longer on a busy
# machine. Seconds.
QUICK_SYNC = 0.001


class Journal:
    """Numbered files of one record a line, each line with its checksum. A torn line can only be the last of a file."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._pending: list[str] = []
        self._appended = 0
        self._synced = 0
        self._turn = asyncio.Lock()
        self._memory = threading.Lock()
        self._disk = threading.Lock()
        self._sync_took = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        self._number = max((number_of(file) for file in files_of(folder)), default=0) + 1
        self._size = sum(file.stat().st_size for file in files_of(folder))
        self._file = self._open()

    @property
    def size(self) -> int:
        """Bytes that the next start would have to read."""
        return self._size

    def append(self, record: list) -> None:
        """Takes a record into memory, from any thread. It is kept once `synced` has returned."""
        line = encode(record)
        with self._memory:
            self._pending.append(line)
            self._appended += 1

    async def synced(self) -> None:
        """Returns when all that was appended before is on the disk. Callers that wait together share one fdatasync."""
        wanted = self._appended
        while self._synced < wanted:
            if self._sync_took < QUICK_SYNC and self._pending and not self._turn.locked():
                self._write(*self._take())
                continue
            # It goes on when whoever asked for it is gone: what it has taken is nowhere else.
            await asyncio.shield(asyncio.create_task(self._write_up_to(wanted)))

    async def _write_up_to(self, wanted: int) -> None:
        async with self._turn:
            if self._synced < wanted:
                # Taken here and not in the thread: MiniStack changes all items of a transaction in one step of the event
                # loop, so that no write ends in the middle of one.
                await asyncio.to_thread(self._write, *self._take())

    async def rotated(self, meanwhile) -> int:
        """Begins a new file, with `meanwhile` called at that moment: what it sees is what the older files lead to.

        Returns the number of the last older file, for `forget`.
        """
        async with self._turn:
            self._write(*self._take())
            with self._disk:
                os.close(self._file)
                self._number += 1
                self._file = self._open()
            meanwhile()
            return self._number - 1

    def forget(self, last: int) -> None:
        """Removes the files up to this number: a snapshot holds what they said."""
        for file in files_of(self._folder):
            if number_of(file) <= last:
                self._size -= file.stat().st_size
                file.unlink()

    def records(self) -> Iterator[list]:
        """All that is in the files, oldest first."""
        for file in files_of(self._folder):
            yield from read(file)

    def _take(self) -> tuple[list[str], int]:
        with self._memory:
            lines, self._pending = self._pending, []
            return lines, self._appended

    def _write(self, lines: list[str], upto: int) -> None:
        with self._disk:
            if not lines:
                return
            data = "".join(lines).encode()
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(self._file, rest) :]
                began = time.perf_counter()
                os.fdatasync(self._file)
                # Slow ones count at once, quick ones little by little: a disk that is busy now and then is a slow one.
                took = time.perf_counter() - began
                self._sync_took = max(took, 0.9 * self._sync_took)
            except OSError:
                # Nobody is answered. What was written in part is cut off, so that records after it can be read.
                with self._memory:
                    self._pending = lines + self._pending
                os.ftruncate(self._file, self._written)
                raise
            self._written += len(data)
            self._size += len(data)
            self._synced = upto

    def _open(self) -> int:
        self._written = 0
        file = os.open(self._folder / f"{PREFIX}{self._number:08d}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        sync_folder(self._folder)
        return file


def encode(record: list) -> str:
    text = json.dumps(record, separators=(",", ":"))
    return f"{zlib.crc32(text.encode()):08x} {text}\n"


def read(file: Path) -> Iterator[list]:
    """Records of a file, up to the first that is torn: the process died while it was written, before its answer."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            checksum, _, text = line.partition(" ")
            if not text.endswith("\n") or checksum != f"{zlib.crc32(text[:-1].encode()):08x}":
                return
            yield json.loads(text)


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))


def number_of(file: Path) -> int:
    return int(file.name.removeprefix(PREFIX))


def sync_folder(folder: Path) -> None:
    """Makes names in a folder durable: what was created, renamed, removed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
