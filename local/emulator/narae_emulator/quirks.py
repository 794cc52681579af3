"""What of MiniStack's inside is used here, checked at the start: an upgrade that changes it fails loudly."""

import hashlib
import importlib.metadata
import os
import sys
import time
from pathlib import Path

from ministack import app as emulator
from ministack.core import iam_evaluator, persistence
from ministack.services import cloudwatch, cloudwatch_logs, dynamodb, lambda_svc, s3

VERSION = "1.5.33"
USED = {
    emulator: ("app", "main", "_build_persistence_save_dict", "_load_persisted_state", "_state_map"),
    cloudwatch: ("_metrics", "_evaluate_all_alarms", "_evict_old_metrics", "_point_stats"),
    cloudwatch_logs: (
        "_start_query",
        "_resolve_query_log_groups",
        "_collect_query_records",
        "_format_insights_timestamp",
        "_log_groups",
        "_queries",
    ),
    persistence: ("STATE_DIR", "save_state", "_json_default"),
    dynamodb: ("_set_item", "_remove_item", "_items_replaced", "_tables", "_lock", "_INDEX_MEMBERS", "_tags"),
    iam_evaluator: ("is_root_access_key",),
    lambda_svc: ("_emit_lambda_logs", "_emit_lambda_metrics", "_proxy_url_for", "_prune_orphan_code_blobs", "_write_code_blob", "CODE_BLOB_DIR"),
    s3: ("_atomic_write", "_persist_object"),
}
LOG_EVENTS_KEPT_PER_GROUP = 20_000
DAY_MS = 86_400_000


def check() -> None:
    """Ends the process where MiniStack is not the one that this was written for."""
    installed = importlib.metadata.version("ministack")
    missing = [f"{module.__name__}.{name}" for module, names in USED.items() for name in names if not hasattr(module, name)]
    if installed != VERSION or missing:
        sys.exit(f"local/emulator is written for MiniStack {VERSION}; this is {installed}, without {missing or 'nothing'}.")


def leave_logs_of_forwarded_invokes_to_us() -> None:
    """It writes START, END and REPORT of each into a stream of its own, beside what the Lambda service ships."""
    emit = lambda_svc._emit_lambda_logs

    def emit_unless_forwarded(func, *args, **kwargs):
        if lambda_svc._proxy_url_for(func.get("config") or func) is None:
            emit(func, *args, **kwargs)

    lambda_svc._emit_lambda_logs = emit_unless_forwarded


def let_functions_sign_by_name() -> None:
    """Signed addresses work for access keys that it knows. Those of functions (local/aws.ts) are as good as `test`."""
    known = iam_evaluator.is_root_access_key
    iam_evaluator.is_root_access_key = lambda key: known(key) or key.startswith("function.")


class FunctionCode:
    """Code of functions is kept in files beside the state that names them, and removed when no function has it any more. Not
    while the emulator runs: until a newer state is in place, the older one is what a crash would come back to."""

    def __init__(self):
        self._remove_unused = lambda_svc._prune_orphan_code_blobs
        # By identity: hashing the code of all functions at each change of one would take a second.
        self._names: dict[int, tuple[bytes, str]] = {}
        self._used: dict[int, tuple[bytes, str]] = {}
        lambda_svc._prune_orphan_code_blobs = self._forget_unused
        lambda_svc._write_code_blob = self._write

    def let_unused_go(self) -> None:
        """What is written from now on is the last state of this process."""
        lambda_svc._prune_orphan_code_blobs = self._remove_unused

    def _forget_unused(self, referenced: set[str]) -> None:
        self._names, self._used = self._used, {}

    def _write(self, code: bytes) -> str:
        # With the code itself, so that its identity stays its own.
        _, name = known = self._names.get(id(code)) or (code, hashlib.sha256(code).hexdigest())
        self._used[id(code)] = known
        file = Path(lambda_svc.CODE_BLOB_DIR) / f"{name}.zip"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            # A child that writes a snapshot may be writing the same.
            draft = file.with_suffix(f".{os.getpid()}.tmp")
            with draft.open("wb") as opened:
                opened.write(code)
                opened.flush()
                os.fdatasync(opened.fileno())
            os.replace(draft, file)
        return name


class FailedWrites:
    """Files of objects that could not be written. It logs that and answers as if they were; whoever sees the count grow
    between a request and its answer must not pass the answer on."""

    def __init__(self):
        self.count = 0
        write = s3._atomic_write

        def write_and_count(*args, **kwargs):
            try:
                write(*args, **kwargs)
            except OSError:
                self.count += 1
                raise

        s3._atomic_write = write_and_count


def drop_old_log_events() -> None:
    """It keeps events for ever, whatever retention a group has. Events that are too old go, with their stream where that was
    all of it, and the oldest streams of a group that has too many."""
    now = time.time() * 1000
    for group in list(cloudwatch_logs._log_groups._data.values()):
        streams = group["streams"]
        days = group.get("retentionInDays")
        newest_first = sorted(streams, key=lambda name: streams[name]["lastEventTimestamp"] or 0, reverse=True)
        kept = 0
        for name in newest_first:
            stream = streams[name]
            had_events = len(stream["events"]) > 0
            if days and had_events:
                drop_events_before(stream, now - days * DAY_MS)
            if (had_events and not stream["events"]) or kept >= LOG_EVENTS_KEPT_PER_GROUP:
                del streams[name]
                continue
            kept += len(stream["events"])


def drop_events_before(stream: dict, oldest: float) -> None:
    """In place, as others hold the list."""
    events = stream["events"]
    if any(event["timestamp"] < oldest for event in events):
        events[:] = [event for event in events if event["timestamp"] >= oldest]
        stream["firstEventTimestamp"] = min((event["timestamp"] for event in events), default=None)
