"""From a lock to a bundle in the store."""

import base64
import compileall
import gzip
import os
import py_compile

from . import pip
from .failure import TOO_LARGE, Refused
from .pack import pack
from .upload import upload

# See docs/contracts/callbacks.md#build.
UNPACKED_BYTES = 250 * 1024 * 1024
TARGET = "packages"


def install(lock, upload_url):
    """`lock`: what resolve() made. Raises Refused or RegistryUnavailable."""
    with open("lock.txt", "wb") as file:
        file.write(gzip.decompress(base64.b64decode(lock)) + b"\n")
    os.mkdir(TARGET)
    pip.run(
        "install",
        "--no-deps",
        "--require-hashes",
        "--no-compile",
        "--target",
        TARGET,
        *pip.WHEELS_ONLY,
        "--requirement",
        "lock.txt",
    )
    _refuse_too_large()
    # Each call is a new process: without bytecode it would compile all that it imports. Checked by nobody, because a
    # bundle is read-only; not by time, because that would make equal bundles differ.
    compileall.compile_dir(TARGET, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    unpacked_bytes = _refuse_too_large()
    sha256, packed_bytes = pack(TARGET, "bundle.tar.gz", without=["bin"])
    upload("bundle.tar.gz", upload_url)
    return {"sha256": sha256, "packedBytes": packed_bytes, "unpackedBytes": unpacked_bytes}


def _refuse_too_large():
    total = sum(os.lstat(os.path.join(path, name)).st_size for path, _, names in os.walk(TARGET) for name in names)
    if total > UNPACKED_BYTES:
        raise Refused(TOO_LARGE)
    return total
