"""What an order is: its source fetched, worked on in isolation, what was made of it put away."""

import hashlib

from . import transfer, worker

# Seconds. The state machine gives an order more (lib/constructs), so that this is the word that is heard.
DEADLINES_S = {"check": 45, "componentize": 150}
_TOO_LONG = {
    "check": {"ok": False, "reason": f"the code could not be checked within {DEADLINES_S['check']} s"},
    "componentize": {
        "ok": False,
        "errorCode": "BUILD_TIMEOUT",
        "reason": f"the component could not be built within {DEADLINES_S['componentize']} s",
    },
}


def carry_out(order):
    """The answer to an order. Raises OSError, WorkerFailed; KeyError for an unknown order."""
    do = order["do"]
    limit = DEADLINES_S[do]
    source = transfer.fetch(order["sourceUrl"])
    # Addresses stay here: they are credentials.
    told = {name: value for name, value in order.items() if not name.endswith("Url")}
    try:
        answer, made = worker.run(told, source, limit)
    except worker.TookTooLong:
        return _TOO_LONG[do]
    if do == "componentize" and answer["ok"]:
        transfer.put(made, order["uploadUrl"])
        return {"ok": True, "sha256": hashlib.sha256(made).hexdigest(), "bytes": len(made)}
    return answer
