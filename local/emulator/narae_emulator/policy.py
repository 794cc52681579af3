"""What has to be on the disk before a request is answered."""

import re
from enum import Enum

READS = ("Get", "BatchGet", "TransactGet", "Query", "Scan", "List", "Describe", "Receive", "Head", "Filter")
# Of KMS: they change nothing.
READS += ("Encrypt", "Decrypt", "ReEncrypt", "Generate", "Sign", "Verify")

SIGNED_FOR = re.compile(rb"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")


class Keep(Enum):
    """NOTHING: the state does not change. LATER: with the next snapshot. Others before the answer: JOURNAL: items,
    SERVICE: the state of one service, written whole. ALL: what has changed in any service."""

    NOTHING = 0
    LATER = 1
    JOURNAL = 2
    SERVICE = 3
    ALL = 4


# Written whole at each change, so their state has to be small: messages that wait, executions of state machines, functions
# (their code stands beside it, in files named after their content).
WHOLE_SERVICES = {"sqs": "sqs", "states": "stepfunctions", "lambda": "lambda"}
# Log events and metrics may miss the last seconds. A stack is deployed long after the request for it is answered, and
# what a deployment made is kept by its last step, the marker (a secret, so ALL).
LATER_SERVICES = {"logs", "monitoring", "xray", "cloudformation", "sts", "events"}


def required(scope) -> tuple[Keep, str]:
    """What this request asks for, and the service it is for."""
    if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return Keep.NOTHING, ""
    headers = dict(scope["headers"])
    signed = SIGNED_FOR.search(headers.get(b"authorization", b""))
    service = signed[1].decode("latin-1") if signed else ""
    operation = headers.get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
    if operation.startswith(READS):
        return Keep.NOTHING, service
    return _of_change(service, operation, scope), service


def _of_change(service: str, operation: str, scope) -> Keep:
    if service == "dynamodb":
        return Keep.JOURNAL if operation.endswith(("Item", "Items", "Statement", "Transaction")) else Keep.ALL
    if service == "s3":
        # Objects are files already; what is said of buckets and objects beside them is not.
        subresource = scope["query_string"].split(b"=")[0].split(b"&")[0]
        objects = (b"", b"delete", b"uploads", b"uploadId", b"partNumber", b"x-id", b"versionId")
        in_bucket = scope["path"].strip("/").count("/") > 0
        return Keep.LATER if subresource in objects and (in_bucket or subresource == b"delete") else Keep.ALL
    if service == "lambda" and scope["path"].endswith("/invocations"):
        return Keep.LATER
    if service in WHOLE_SERVICES:
        return Keep.SERVICE
    if service == "" or service in LATER_SERVICES:
        return Keep.LATER  # unsigned: addresses of objects that were signed before; objects are files already
    return Keep.ALL
