"""Judges recorded calls (local/recording/recorded-call.ts) by AWS's own models of its services, as botocore brings them.

Arguments: files of recorded calls. Prints one JSON document: how many calls were judged, and what is wrong with which.
"""

import base64
import json
import re
import sys
import urllib.parse
from xml.etree import ElementTree

import botocore.session

# How signatures call what botocore calls otherwise.
SIGNED_AS = {"monitoring": "cloudwatch", "states": "stepfunctions"}
# In addresses, but of no operation: a hint for logs, and what signs an address.
NOT_MODELLED = re.compile(r"^(x-id|X-Amz-.*)$", re.IGNORECASE)
PLAIN = {"string": str, "integer": int, "long": int, "boolean": bool, "float": (int, float), "double": (int, float)}

session = botocore.session.get_session()
models = {}
patterns = {}


def model_of(service):
    if service not in models:
        models[service] = session.get_service_model(SIGNED_AS.get(service, service))
    return models[service]


def check(shape, value, path, found):
    """Adds to `found` what in a value is not as its shape says."""
    meta, kind = shape.metadata, shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return found.append(f"{path} is no structure")
        if shape.is_document_type:
            return None
        for name in shape.required_members:
            if name not in value:
                found.append(f"{path}.{name} is missing")
        for name, member in value.items():
            if name not in shape.members:
                found.append(f"{path}.{name} is not known")
            else:
                check(shape.members[name], member, f"{path}.{name}", found)
        if getattr(shape, "is_tagged_union", False) and len(value) != 1:
            found.append(f"{path} has {len(value)} members of a union")
    elif kind in ("list", "map"):
        if not isinstance(value, list if kind == "list" else dict):
            return found.append(f"{path} is no {kind}")
        in_range(len(value), meta, f"{path}: entries", found)
        for key, one in enumerate(value) if kind == "list" else value.items():
            if kind == "map":
                check(shape.key, key, f"{path} key", found)
            check(shape.member if kind == "list" else shape.value, one, f"{path}[]", found)
    elif kind == "blob":
        check_blob(meta, value, path, found)
    elif kind in PLAIN:
        check_plain(shape, kind, value, path, found)
    return None


def check_plain(shape, kind, value, path, found):
    if not isinstance(value, PLAIN[kind]) or (kind != "boolean" and isinstance(value, bool)):
        found.append(f"{path} is no {kind}")
    elif kind == "string":
        in_range(len(value), shape.metadata, f"{path}: length", found)
        if getattr(shape, "enum", None) and value not in shape.enum:
            found.append(f"{path} is none of {shape.enum}")
        if not fits(shape.metadata.get("pattern"), value):
            found.append(f"{path} does not match {shape.metadata['pattern']}")
    elif kind != "boolean":
        in_range(value, shape.metadata, path, found)


def check_blob(meta, value, path, found):
    try:
        in_range(len(base64.b64decode(value, validate=True)), meta, f"{path}: bytes", found)
    except (TypeError, ValueError):
        found.append(f"{path} is not base64")


def fits(pattern, value):
    if not pattern:
        return True
    if pattern not in patterns:
        try:
            patterns[pattern] = re.compile(pattern, re.DOTALL)
        except re.error:  # written for Java
            patterns[pattern] = None
    return patterns[pattern] is None or patterns[pattern].fullmatch(value) is not None


def in_range(number, meta, what, found):
    if number < meta.get("min", number) or number > meta.get("max", number):
        found.append(f"{what} {number} is not in {meta.get('min', '')}..{meta.get('max', '')}")


def targeted(model, call, found):
    """An operation that a header names, with all it is given in a JSON body."""
    prefix, _, name = call["headers"]["x-amz-target"].rpartition(".")
    if prefix != model.metadata.get("targetPrefix") or name not in model.operation_names:
        return found.append(f"there is no operation {prefix}.{name}")
    shape = model.operation_model(name).input_shape
    body = json.loads(base64.b64decode(call.get("body", "")) or "{}")
    if shape is not None:
        check(shape, body, name, found)
    return None


def routed(model, call, found):
    """An operation that method and address name, with parts in path, query, headers and body."""
    url = urllib.parse.urlsplit(call["url"])
    query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
    tried = (match(model.operation_model(name), call, url.path, query) for name in model.operation_names)
    matching = [one for one in tried if one is not None]
    if not matching:
        return found.append("no operation has this method and address")
    # The most is said by what names most of the query.
    operation, given, constant = max(matching, key=lambda one: (len(one[2]), one[0].name == query.get("x-id")))
    members = operation.input_shape.members
    read_query(members, query, constant, given, found)
    read_headers(operation, call["headers"], given, found)
    payload = operation.input_shape.serialization.get("payload")
    if not payload and model.metadata["protocol"] == "rest-json" and call.get("body"):
        given |= json.loads(base64.b64decode(call["body"]))
    if payload and members[payload].type_name == "structure" and call.get("body"):
        given[payload] = from_xml(members[payload], ElementTree.fromstring(base64.b64decode(call["body"])))
    check(operation.input_shape, given, operation.name, found)
    return None


def match(operation, call, path, query):
    uri = urllib.parse.urlsplit(operation.http["requestUri"])
    if operation.http["method"] != call["method"] or operation.input_shape is None:
        return None
    constant = dict(urllib.parse.parse_qsl(uri.query, keep_blank_values=True))
    if any(query.get(name) != value for name, value in constant.items()):
        return None
    template = re.escape(uri.path).replace(r"\{", "{").replace(r"\}", "}").replace(r"\+", "+")
    pattern = re.sub(r"\{(\w+)(\+?)\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", template)
    parts = re.fullmatch(pattern + "/?", path, re.DOTALL)
    if parts is None:
        return None
    uris = located(operation.input_shape.members, "uri")
    given = {uris[key.lower()][0]: urllib.parse.unquote(text) for key, text in parts.groupdict().items()}
    return operation, given, constant


def located(members, place):
    return {
        member.serialization["name"].lower(): (name, member)
        for name, member in members.items()
        if member.serialization.get("location") == place
    }


def read_query(members, query, constant, given, found):
    known = located(members, "querystring")
    for key, text in query.items():
        if key in constant or NOT_MODELLED.match(key):
            continue
        if key.lower() not in known:
            found.append(f"the query parameter {key} is not known")
        else:
            name, member = known[key.lower()]
            given[name] = typed(member, text)


def read_headers(operation, headers, given, found):
    known = located(operation.input_shape.members, "header")
    for key, text in headers.items():
        if key in known:
            name, member = known[key]
            given[name] = typed(member, text)
        elif key.startswith("x-amz-checksum-") and operation.http_checksum:
            continue
        elif key.startswith("x-amz-") and not key.startswith("x-amz-meta-"):
            found.append(f"the header {key} is not known")


def typed(shape, text):
    """What a text of an address or header stands for; a text still where it is none of that."""
    try:
        if shape.type_name == "boolean":
            return {"true": True, "false": False}[text]
        return int(text) if shape.type_name in ("integer", "long") else text
    except (KeyError, ValueError):
        return text


def from_xml(shape, node):
    if shape.type_name != "structure":
        return typed(shape, node.text or "")
    names = {m.serialization.get("name", name): (name, m) for name, m in shape.members.items()}
    value = {}
    for child in node:
        tag = child.tag.rpartition("}")[2]
        name, member = names.get(tag, (tag, None))
        if member is not None and member.type_name == "list":
            value.setdefault(name, []).append(from_xml(member.member, child))
        else:
            value[name] = child.text if member is None else from_xml(member, child)
    return value


def main():
    checked, findings = 0, {}
    for file in sys.argv[1:]:
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                call = json.loads(line)
                found = []
                (targeted if "x-amz-target" in call["headers"] else routed)(model_of(call["service"]), call, found)
                checked += 1
                for what in found:
                    findings.setdefault(f"{call['caller']}: {call['service']}: {what}", call["url"])
    print(json.dumps({"checked": checked, "findings": [f"{what} ({url[:200]})" for what, url in findings.items()]}))


if __name__ == "__main__":
    main()
