"""Runs a component: run_component.py PACKAGES COMPONENT.

Requests come as lines of JSON on standard input, {"settings": {...} or null, "request": {...}}; each has an instance of its
own, as in Spin. Answers go to standard output, a line each, after one that says that the component is compiled.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])

from wasmtime import Config, Engine, Store, WasiConfig  # noqa: E402  (the path is needed first)
from wasmtime import component as wc  # noqa: E402

settings = None


def get_variable(_store, name):
    if settings is None:
        raise AssertionError(f"{name} has a default value in every application")
    return json.dumps(settings)


config = Config()
# Compiling is most of a test's time.
config.cranelift_opt_level = "none"
engine = Engine(config)
with open(sys.argv[2], "rb") as file:
    component = wc.Component(engine, file.read())
linker = wc.Linker(engine)
linker.add_wasip2()
linker.add_wasi_http()
with linker.root() as root, root.add_instance("fermyon:spin/variables@2.0.0") as variables:
    variables.add_func("get", get_variable)
print("compiled", flush=True)

for line in sys.stdin:
    asked = json.loads(line)
    settings = asked["settings"]
    wasi = WasiConfig()
    wasi.inherit_stderr()
    with Store(engine) as store:
        store.set_wasi(wasi)
        store.set_wasi_http()
        instance = linker.instantiate(store, component)
        print(instance.get_func(store, "answer")(store, json.dumps(asked["request"])), flush=True)
