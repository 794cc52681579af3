"""Checks Python sources, and makes WebAssembly components of them.

A Lambda function without rights: it takes its source from one presigned address and puts what it makes to another. Every
order is carried out by a process of its own, isolated as user code is, without network and with a deadline.

Source: a zip of files, at most 200 MiB unpacked. Orders and answers:

    {"do": "check", "sourceUrl": "https://...", "types": true}
        types: false looks for syntax errors alone
    {"ok": true, "syntax": ["stock.py:7:14: error: expected ':'"], "types": [], "truncated": false}
        at most 200 findings and 40 kB, in the order of files and lines. Where there are syntax errors, types are not looked at
    {"ok": false, "reason": "the code could not be checked within 45 s"}
        the source itself is at fault

    {"do": "componentize", "sourceUrl": "https://...", "module": "stock", "uploadUrl": "https://..."}
        module: dotted name of the module with the entry point; packages that it needs lie in the source, at its root
    {"ok": true, "sha256": "5f0c...", "bytes": 21472112}
        a component of the world wasi:http/proxy@0.2 has been put to uploadUrl
    {"ok": false, "errorCode": "BUILD_ERROR", "reason": "ModuleNotFoundError: No module named 'numpy'"}
        or NO_ENTRY_POINT, SYNTAX_ERROR, BUILD_TIMEOUT (docs/contracts/builds.md#semantics)

Whatever else happens, an address that does not answer for example, is a failure of the invocation: another try may do
better.
"""
