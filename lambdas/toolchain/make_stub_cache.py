"""Fills a folder with what mypy makes of the stubs of the standard library: part of making the function's package.

make_stub_cache.py FOLDER PACKAGES, where PACKAGES holds mypy. Folders are absolute.
"""

import os
import sys
import tempfile

_folder = os.path.dirname(os.path.realpath(__file__))
_cache, _packages = sys.argv[1:]
sys.path[:0] = [_folder, _packages]

from narae_toolchain.type_check import findings  # noqa: E402  (the path is needed first: -I leaves it out)

# What functions import most. Others are read when they are met.
COMMON = (
    "abc asyncio base64 collections collections.abc concurrent.futures contextlib copy csv dataclasses datetime decimal"
    " enum functools hashlib hmac html http.client io itertools json logging math os os.path pathlib queue random re"
    " secrets shutil socket sqlite3 statistics string struct subprocess sys tempfile textwrap threading time traceback"
    " types typing unicodedata urllib.parse urllib.request uuid xml.etree.ElementTree zipfile zlib zoneinfo"
)

with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    with open("common.py", "w", encoding="utf-8") as file:
        file.writelines(f"import {name}\n" for name in COMMON.split())
    findings(["common.py"], _cache)

for path, _, names in os.walk(_cache):
    for name in names:
        if name.startswith("common."):
            os.unlink(os.path.join(path, name))

