"""Findings in a source tree, each as `file:line:column: error: text` (docs/contracts/builds.md#semantics)."""

import json
import os
import resource

from .source_tree import python_files
from .syntax import syntax_error_of
from .type_check import findings

# What mypy knows of the standard library, made with the package (lib/bundle/toolchain.ts): without it every check would
# read those stubs anew, which takes seconds.
_STUBS = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "stubs")
MAX_FINDINGS = 200
FINDING_CHARS = 500
# Of all findings as JSON: a state machine carries 256 KB.
FINDINGS_BYTES = 40_000
# What a source makes a parser or mypy take must not take the environment along.
MEMORY_BYTES = 1200 * 1024 * 1024


def check(order):
    """(answer, nothing made)"""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.chdir("source")
    files = python_files(".")
    syntax = [error for error in map(syntax_error_of, files) if error]
    types = [] if syntax or not order.get("types") else findings(files, _STUBS)
    told = {"syntax": _bounded(syntax), "types": _bounded(types)}
    truncated = len(told["syntax"]) < len(syntax) or len(told["types"]) < len(types)
    return {"ok": True, **told, "truncated": truncated}, b""


def _bounded(lines):
    kept = []
    left = FINDINGS_BYTES
    for line in lines[:MAX_FINDINGS]:
        cut = line[:FINDING_CHARS]
        left -= len(json.dumps(cut))
        if left < 0:
            break
        kept.append(cut)
    return kept
