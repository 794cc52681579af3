"""Snapshots of services, written by a forked child while the emulator goes on."""

import asyncio
import ctypes
import logging
import os
import signal
import time
from collections import defaultdict
from pathlib import Path

from ministack import app as emulator
from ministack.core import persistence
from ministack.services import dynamodb

from . import metrics, quirks, tables
from .journal import Journal, sync_folder

TIME_LIMIT_SECONDS = 60
# Tables are written whole when the journal has grown to their size, so that writing costs what changes cost.
SMALLEST_JOURNAL_TO_FOLD = 16 * 1024 * 1024
ITEMS = "dynamodb"

log = logging.getLogger("narae.snapshots")


class SnapshotFailed(Exception):
    """The state could not be written: a full disk, or a child that did not come to its end."""


class Snapshots:
    """Writes what changed; each file is whole, on the disk, and then moved into place."""

    def __init__(self, journal: Journal):
        self._journal = journal
        self._state = Path(persistence.STATE_DIR)
        self._draft = self._state / ".snapshot"
        self._turn = asyncio.Lock()
        self._began = 0
        self._kept = 0
        self._items_asked = False
        self._service_turns = defaultdict(asyncio.Lock)
        self._service_began: dict[str, int] = defaultdict(int)
        self._service_kept: dict[str, int] = defaultdict(int)
        self._definitions = tables.definitions_digest()
        self._child = 0

    async def of_everything(self, with_items: bool = False) -> float:
        """Returns when all that changed before this call is kept, with the seconds that writing took. Callers that wait
        together share a snapshot. Items are in the journal, and here only `with_items` or where it has grown."""
        self._items_asked = self._items_asked or with_items
        # It goes on when whoever asked for it is gone: others wait for it, too.
        return await asyncio.shield(asyncio.create_task(self._kept_from(self._began + 1)))

    async def _kept_from(self, wanted: int) -> float:
        async with self._turn:
            if self._kept >= wanted:
                return 0.0
            began = time.monotonic()
            await self._write()
            return time.monotonic() - began

    async def of_service(self, service: str) -> None:
        """The same for one service, whose state is small."""
        await asyncio.shield(asyncio.create_task(self._service_kept_from(service, self._service_began[service] + 1)))

    async def _service_kept_from(self, service: str, wanted: int) -> None:
        async with self._service_turns[service]:
            if self._service_kept[service] >= wanted:
                return
            self._service_began[service] += 1
            number = self._service_began[service]
            state = emulator._build_persistence_save_dict()[service]()
            await asyncio.to_thread(self._save, service, state)
            self._service_kept[service] = number

    def _save(self, service: str, state: dict) -> None:
        draft = self._state / ".service"
        save_durably(draft, service, state)
        os.replace(draft / f"{service}.json", self._state / f"{service}.json")
        sync_folder(self._state)

    async def _write(self) -> None:
        quirks.drop_old_log_events()
        metrics.compact()
        definitions = tables.definitions_digest()
        full = self._journal.size > max(SMALLEST_JOURNAL_TO_FOLD, self._items_size())
        with_items = full or self._items_asked or definitions != self._definitions
        self._items_asked = False
        versions: dict[str, int] = {}

        def fork() -> None:
            self._began += 1
            versions.update(self._service_began)
            emulator_pid = os.getpid()
            with dynamodb._lock:
                self._child = os.fork()
            if self._child == 0:
                write_and_exit(self._draft, self._state, with_items, emulator_pid)

        last = await self._journal.rotated(fork) if with_items else 0
        if not with_items:
            fork()
        number, child = self._began, self._child
        while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
            await asyncio.sleep(0.02)
            if self._child != child:
                raise SnapshotFailed("The emulator stops.")
        self._child = 0
        if ended[1] != 0:
            raise SnapshotFailed(f"The child that writes the state ended with status {ended[1]}.")
        await self._move_into_place(versions)
        self._kept = number
        if with_items:
            self._journal.forget(last)
            self._definitions = definitions

    async def _move_into_place(self, versions: dict[str, int]) -> None:
        for file in list(self._draft.iterdir()):
            service = file.stem
            async with self._service_turns[service]:
                if self._service_began[service] == versions.get(service, 0):
                    os.replace(file, self._state / file.name)
                # Else the service was written since, and what is here is older.
        await asyncio.to_thread(sync_folder, self._state)

    def _items_size(self) -> int:
        file = self._state / f"{ITEMS}.json"
        return file.stat().st_size if file.exists() else 0

    def end(self) -> None:
        """Ends a child that is writing: MiniStack writes everything now."""
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = 0


def write_and_exit(draft: Path, state: Path, with_items: bool, parent: int) -> None:
    """In a forked child, whose memory is a consistent picture of the state.

    A fork of a process with threads may find a lock held for ever; the alarm ends such a child, and the next snapshot
    takes its place.
    """
    try:
        logging.disable(logging.INFO)  # one line per service and snapshot says nothing
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(TIME_LIMIT_SECONDS)
        end_with(parent)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the emulator's connections are not ours to keep open
        os.nice(5)
        draft.mkdir(exist_ok=True)
        for left in draft.iterdir():
            left.unlink()
        for service, get_state in emulator._build_persistence_save_dict().items():
            if service == ITEMS and not with_items:
                continue
            saved = get_state()
            if saved is not None:
                save_durably(draft, service, saved)
                drop_if_unchanged(draft / f"{service}.json", state / f"{service}.json")
        os._exit(0)
    except BaseException:
        log.exception("A snapshot failed.")
        os._exit(1)


def end_with(parent: int) -> None:
    """SIGKILL for us when the emulator is killed: the next one writes its drafts into the same folder, and ours are older."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def drop_if_unchanged(file: Path, kept: Path) -> None:
    if kept.exists() and kept.stat().st_size == file.stat().st_size and kept.read_bytes() == file.read_bytes():
        file.unlink()


def save_durably(folder: Path, service: str, state: dict) -> None:
    """Writes a file that `persistence.load_state` reads. Unlike `save_state` it syncs, and an error is not swallowed."""
    folder.mkdir(exist_ok=True)
    text = persistence.json.dumps(
        {"__ministack_format__": persistence._state_format_version(service), "payload": state},
        default=persistence._json_default,
    )
    with (folder / f"{service}.json").open("w") as file:
        file.write(text)
        file.flush()
        os.fdatasync(file.fileno())
