"""Items of DynamoDB tables, journalled as they are after each change: replayed twice they are the same."""

import hashlib
import json
from collections.abc import Callable, Iterable

from ministack.core import persistence
from ministack.services import dynamodb

ITEM_FIELDS = ("items", dynamodb._INDEX_MEMBERS, "ItemCount", "TableSizeBytes")


def journal_items(append: Callable[[list], None]) -> None:
    """From now on every change of an item is appended, by whatever operation it is made."""
    set_item, remove_item, items_replaced = dynamodb._set_item, dynamodb._remove_item, dynamodb._items_replaced

    def set_and_append(table, pk, sk, item):
        previous = set_item(table, pk, sk, item)
        append([*_identity(table), pk, sk, item])
        return previous

    def remove_and_append(table, pk, sk):
        previous = remove_item(table, pk, sk)
        if previous is not None:
            append([*_identity(table), pk, sk, None])
        return previous

    def replace_and_append(table):
        items_replaced(table)
        append([*_identity(table), {pk: dict(items) for pk, items in table["items"].items()}])

    dynamodb._set_item = set_and_append
    dynamodb._remove_item = remove_and_append
    dynamodb._items_replaced = replace_and_append


def replay(records: Iterable[list]) -> int:
    """Brings the tables that were loaded to where the journal ends. Returns the number of records."""
    tables = {(arn, table.get("TableId")): table for table in dynamodb._tables.all_values() for arn in [table["TableArn"]]}
    count = 0
    for arn, table_id, *change in records:
        count += 1
        table = tables.get((arn, table_id))
        if table is None:
            continue  # deleted since, or made by a deployment that did not come to its end
        if len(change) == 1:
            table["items"].clear()
            table["items"].update(change[0])
            dynamodb._items_replaced(table)
        elif change[2] is None:
            dynamodb._remove_item(table, change[0], change[1])
        else:
            dynamodb._set_item(table, *change)
    return count


def definitions_digest() -> str:
    """Changes when a table is created, changed or deleted, and not when an item is."""
    definitions = [
        {key: value for key, value in table.items() if key not in ITEM_FIELDS} for table in dynamodb._tables.all_values()
    ]
    state = [definitions, dynamodb._ttl_settings, dynamodb._pitr_settings, dynamodb._tags]
    return hashlib.sha256(json.dumps(state, default=persistence._json_default).encode()).hexdigest()


def _identity(table) -> list:
    return [table["TableArn"], table.get("TableId")]
