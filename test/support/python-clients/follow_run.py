"""A client as the published guide has it: httpx-sse, with httpx's read time-out, which is 5 seconds unless told otherwise."""

import json
import sys

packages, url, user, *key = sys.argv[1:]
sys.path.insert(0, packages)

import httpx  # noqa: E402
from httpx_sse import connect_sse  # noqa: E402

names = []
headers = {"X-User-ID": user, **({"X-API-Key": key[0]} if key else {})}
with httpx.Client(headers=headers) as client, connect_sse(client, "GET", url) as source:
    for event in source.iter_sse():
        # It hands on blocks that have no data, too: the one that says `retry`, and heartbeats.
        if event.data == "":
            continue
        json.loads(event.data)
        if not names or names[-1] != event.event:
            names.append(event.event)
        if event.event in ("decision_card.assigned", "error"):
            break
print(json.dumps(names))
