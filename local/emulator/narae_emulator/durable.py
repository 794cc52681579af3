"""The ASGI application around MiniStack's: a change is kept before it is acknowledged."""

import asyncio
import logging
import os
from pathlib import Path

from ministack import app as emulator
from ministack.core import persistence

from . import metrics, quirks, tables
from .journal import Journal
from .policy import WHOLE_SERVICES, Keep, required
from .snapshots import Snapshots

SNAPSHOT_SECONDS = float(os.environ.get("NARAE_SNAPSHOT_SECONDS", "10"))
# A large state takes long to write, and whoever works meanwhile notices: at most this part of the time goes into it.
SNAPSHOT_SHARE = 1 / 20

log = logging.getLogger("narae.durable")


class NotKept(Exception):
    """A change is in memory and not on the disk; whoever asked for it gets 500."""


class Durable:
    """Wraps MiniStack's application; loads the journal after the snapshots, and writes both."""

    def __init__(self, inner):
        self._inner = inner
        self._changed = False
        self._journal: Journal | None = None
        self._snapshots: Snapshots | None = None
        self._failed_writes = quirks.FailedWrites()
        self._code = quirks.FunctionCode()
        load = emulator._load_persisted_state

        def load_all():
            load()
            self._begin()

        emulator._load_persisted_state = load_all

    def _begin(self) -> None:
        self._journal = Journal(Path(persistence.STATE_DIR) / "journal")
        count = tables.replay(self._journal.records())
        log.info("Replayed %d changes of items.", count)
        tables.journal_items(self._journal.append)
        self._snapshots = Snapshots(self._journal)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self._run(scope, receive, send)
            return
        keep, service = required(scope)
        self._changed = self._changed or keep is not Keep.NOTHING

        failed_before = self._failed_writes.count

        async def send_when_kept(message):
            if message["type"] == "http.response.start" and message["status"] < 500:
                await self._keep(keep, service)
                if keep is not Keep.NOTHING and self._failed_writes.count > failed_before:
                    # It may be that of a request beside this one: then this one is refused for nothing, on a full disk.
                    raise NotKept("A file of an object could not be written.")
            await send(message)

        await self._inner(scope, receive, send_when_kept)

    async def _keep(self, keep: Keep, service: str) -> None:
        if self._journal is None or self._snapshots is None or keep is Keep.NOTHING:
            return
        # Other services change items, too (a state machine that writes one): so for every change.
        await self._journal.synced()
        if keep is Keep.SERVICE:
            await self._snapshots.of_service(WHOLE_SERVICES[service])
        elif keep is Keep.ALL:
            await self._snapshots.of_everything(with_items=service == "dynamodb")

    async def _run(self, scope, receive, send):
        loop = asyncio.create_task(self._snapshot_when_changed())

        async def receive_after_stop():
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                # MiniStack writes everything now; a snapshot that ends later would put older state over it. The journal
                # stays: replayed over the newer state it changes nothing.
                loop.cancel()
                if self._journal is not None and self._snapshots is not None:
                    self._snapshots.end()
                    await self._journal.synced()
                quirks.drop_old_log_events()
                metrics.compact()
                self._code.let_unused_go()
            return message

        await self._inner(scope, receive_after_stop, send)

    async def _snapshot_when_changed(self):
        took = 0.0
        while SNAPSHOT_SECONDS > 0:
            await asyncio.sleep(max(SNAPSHOT_SECONDS, took / SNAPSHOT_SHARE))
            if not self._changed or self._snapshots is None:
                continue
            self._changed = False
            try:
                took = await self._snapshots.of_everything()
            except Exception:
                log.exception("A snapshot was not written; the next one will be.")
                self._changed = True
