"""Answers queries of Logs Insights over the emulator's log events. MiniStack reads filters by one of its own fields only:
here fields of JSON lines are found, compared, counted and grouped, as far as the saved queries of operators need it."""

import json
import math
import time

from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import cloudwatch_logs as logs

from .insights_query import parse
from .insights_terms import Aggregate, Condition, Malformed, Query

QUERIES_KEPT = 100
DEFAULT_FIELDS = ("@timestamp", "@message")


def install() -> None:
    logs._start_query = start_query


def start_query(data: dict):
    """StartQuery. It is answered at once; GetQueryResults, which stays MiniStack's, gets what is kept here."""
    groups = logs._resolve_query_log_groups(data)
    if not groups:
        return error_response_json("InvalidParameterException", "A log group is required.", 400)
    for name in groups:
        if name not in logs._log_groups:
            return error_response_json(
                "ResourceNotFoundException", f"The specified log group does not exist: {name}", 400
            )
    try:
        query = parse(data.get("queryString", ""))
        query.limit = min(query.limit, int(data.get("limit") or query.limit))
        scanned = logs._collect_query_records(groups, data.get("startTime", 0), data.get("endTime", int(time.time())))
        matched = [row for row in map(row_of, scanned) if all(holds(one, row) for one in query.filters)]
        results = list(results_of(query, matched))
    except Malformed as error:
        return error_response_json("MalformedQueryException", str(error), 400)
    query_id = new_uuid()
    logs._queries[query_id] = {
        "queryId": query_id,
        "logGroupNames": groups,
        "queryString": data.get("queryString", ""),
        "status": "Complete",
        "results": results,
        "statistics": {
            "recordsMatched": float(len(matched)),
            "recordsScanned": float(len(scanned)),
            "bytesScanned": float(sum(len(record.get("@message", "")) for record in scanned)),
        },
    }
    for old in list(logs._queries)[:-QUERIES_KEPT]:
        del logs._queries[old]
    return json_response({"queryId": query_id})


def row_of(record: dict) -> dict:
    """Fields of an event: those of the service, and those of the line where that is an object of JSON, by dotted names."""
    row = dict(record)
    message = record.get("@message", "")
    if message.startswith("{"):
        try:
            flatten(json.loads(message), "", row)
        except ValueError:
            pass
    return row


def flatten(value, name: str, into: dict) -> None:
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        if value is not None and name:
            into[name] = value
        return
    for key, part in parts:
        flatten(part, f"{name}.{key}" if name else str(key), into)


def holds(condition: Condition, row: dict) -> bool:
    kind, wanted = condition.kind, condition.value
    if kind == "and":
        return all(holds(one, row) for one in condition.operands)
    if kind == "or":
        return any(holds(one, row) for one in condition.operands)
    if kind == "not":
        return not holds(condition.operands[0], row)
    found = row.get(condition.field)
    if kind == "ispresent":
        return found is not None
    if found is None:
        return kind == "!="
    if kind == "in":
        return any(compared("=", found, one) for one in wanted)
    if kind == "like":
        return wanted.search(text_of(found)) is not None
    return compared(kind, found, wanted)


def compared(sign: str, found, wanted) -> bool:
    left, right = text_of(found), wanted
    if isinstance(wanted, float):
        left = number_of(found)
        if left is None:
            return sign == "!="
    if sign == "=":
        return left == right
    if sign == "!=":
        return left != right
    if sign == "<":
        return left < right
    if sign == "<=":
        return left <= right
    return left > right if sign == ">" else left >= right


def results_of(query: Query, rows: list[dict]):
    """Rows of the answer. A field that an event has not is left out of its row."""
    if query.aggregates:
        table = grouped(query, rows)
        names = [group.name for group in query.groups] + [one.name for one in query.aggregates]
    else:
        table = rows
        names = list(dict.fromkeys(query.fields or DEFAULT_FIELDS))
    order = query.sort or ([] if query.aggregates else [("@timestamp", True)])
    for name, descends in reversed(order):
        table = sorted(table, key=lambda row: sort_key(row.get(name)), reverse=descends)
    for row in table[: query.limit]:
        cells = [{"field": name, "value": text_of(row[name])} for name in names if row.get(name) is not None]
        yield cells if query.aggregates else [*cells, {"field": "@ptr", "value": row["@ptr"]}]


def grouped(query: Query, rows: list[dict]) -> list[dict]:
    groups: dict[tuple, list[dict]] = {} if query.groups else {(): []}
    for row in rows:
        key = tuple(bin_of(row, one.bin_ms) if one.bin_ms else row.get(one.name) for one in query.groups)
        groups.setdefault(key, []).append(row)
    return [
        {
            **{group.name: value for group, value in zip(query.groups, key)},
            **{one.name: aggregated(one, members) for one in query.aggregates},
        }
        for key, members in groups.items()
    ]


def bin_of(row: dict, width_ms: int) -> str:
    return logs._format_insights_timestamp(row["_timestamp_ms"] // width_ms * width_ms)


def aggregated(one: Aggregate, rows: list[dict]):
    if one.field is None:
        return len(rows)
    having = [row for row in rows if row.get(one.field) is not None]
    if one.function == "latest":
        return max(having, key=lambda row: row["_timestamp_ms"])[one.field] if having else None
    found = [row[one.field] for row in having]
    if one.function == "count":
        return len(found)
    if one.function == "count_distinct":
        return len({text_of(value) for value in found})
    numbers = sorted(number for number in map(number_of, found) if number is not None)
    if not numbers:
        return 0 if one.function == "sum" else None
    if one.function == "pct":
        # The smallest value that so many percent do not exceed.
        return numbers[max(0, math.ceil(one.argument / 100 * len(numbers)) - 1)]
    return {"sum": sum, "min": min, "max": max, "avg": lambda all: sum(all) / len(all)}[one.function](numbers)


def number_of(value) -> float | None:
    if isinstance(value, bool):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def text_of(value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def sort_key(value) -> tuple:
    """What is not there comes last where the order descends; numbers by their size, before text."""
    if value is None:
        return (0, 0.0, "")
    number = number_of(value)
    return (1, number, "") if number is not None else (2, 0.0, str(value))
