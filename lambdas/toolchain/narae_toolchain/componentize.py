"""A component of a source tree, by componentize-py. No code of the user runs here (component/narae_component.py)."""

import os
import re
import shutil
import subprocess
import sys

_FOLDER = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
_COMPONENT = os.path.join(_FOLDER, "component")
_WIT = os.path.join(_FOLDER, "wit")
_PACKAGES = os.path.join(_FOLDER, "packages")
_RUN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from componentize_py import script; script()"
MODULE = re.compile(r"^[^\W\d]\w*(\.[^\W\d]\w*)*$")
REASON_CHARS = 2000
_MACHINE_CODE = (".so", ".pyd", ".dylib")


def componentize(order):
    """(answer, the component)"""
    module = order["module"]
    missing = _refusal(module)
    if missing:
        return missing, b""
    app = os.path.abspath("app")
    shutil.copytree(_COMPONENT, app)
    os.rename("source", os.path.join(app, "narae_source"))
    with open(os.path.join(app, "narae_module.txt"), "w", encoding="utf-8") as file:
        file.write(module)
    made = subprocess.run(
        [sys.executable, "-I", "-B", "-c", _RUN, _PACKAGES, *_arguments(app)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Without programs: it would ask the one called python3 for its packages, and take them along.
        env={"HOME": os.environ["HOME"], "TMPDIR": os.environ["TMPDIR"], "LANG": "C.UTF-8", "PATH": os.devnull, **_loader()},
    )
    if made.returncode != 0:
        return _failed("BUILD_ERROR", _clean(made.stdout.decode(errors="replace"))), b""
    with open("app.wasm", "rb") as file:
        return {"ok": True}, file.read()


def _loader():
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}


def _arguments(app):
    return ["-d", _WIT, "-w", "narae:function/function", "componentize", "narae_component", "-p", app, "-o", "app.wasm"]


def _refusal(module):
    file = os.path.join("source", *module.split(".")) + ".py"
    if not MODULE.match(module) or not os.path.isfile(file):
        return _failed("NO_ENTRY_POINT", f"there is no module {module[:200]}")
    for path, _, names in os.walk("source"):
        for name in names:
            if name.endswith(_MACHINE_CODE):
                package = os.path.relpath(os.path.join(path, name), "source").split(os.sep)[0]
                return _failed("DEPENDENCY_ERROR", f"{package} needs machine code, which a component cannot run")
    return None


def _failed(code, reason):
    return {"ok": False, "errorCode": code, "reason": reason[-REASON_CHARS:]}


def _clean(text):
    """Without folders of the build machine."""
    return re.sub(r"(?:/[\w.-]+){2,}", "a file", text)
