"""Modules that are imported from memory: a component has no files, but for what is read while it is built."""

import importlib.util
import json
import os
import sys
import zlib


class Sources:
    """Files by their path from a root; finds what `import` asks for among them. Goes to the end of sys.meta_path."""

    def __init__(self):
        self._files = {}

    def take(self, folder, without=()):
        """Reads all files below a folder, but for folders of these names."""
        for path, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name not in without]
            for name in names:
                inside = os.path.relpath(os.path.join(path, name), folder)
                with open(os.path.join(path, name), "rb") as file:
                    self._files[inside] = zlib.compress(file.read(), 6)

    def read(self, file):
        """Raises KeyError."""
        return zlib.decompress(self._files[file])

    def find_spec(self, name, path=None, target=None):
        base = name.replace(".", "/")
        for file in (f"{base}/__init__.py", f"{base}.py"):
            if file in self._files:
                spec = importlib.util.spec_from_loader(name, _Loader(self, file), origin=file)
                spec.has_location = True
                if file.endswith("/__init__.py"):
                    spec.submodule_search_locations = [base]
                return spec
        if any(file.startswith(f"{base}/") for file in self._files):
            spec = importlib.util.spec_from_loader(name, None, is_package=True)
            spec.submodule_search_locations = [base]
            return spec
        return None


class _Loader:
    def __init__(self, sources, file):
        self._sources = sources
        self._file = file

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        code = compile(self._sources.read(self._file), self._file, "exec", dont_inherit=True)
        exec(code, module.__dict__)

    def is_package(self, name):
        return self._file.endswith("/__init__.py")

    def get_source(self, name):
        return self._sources.read(self._file).decode("utf-8", "replace")

    def get_data(self, path):
        """For packages that bring data along (pkgutil.get_data)."""
        try:
            return self._sources.read(path)
        except KeyError:
            raise OSError(f"{path} is not in the component") from None


def standard_library():
    """What the run-time has on disk while a component is built. Folders of tests and of programs are left out."""
    sources = Sources()
    without = {"__pycache__", "test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "site-packages"}
    # Not by `os`, which is part of the interpreter and names a folder that is not there.
    sources.take(os.path.dirname(os.path.dirname(json.__file__)), without)
    return sources


def install(*all_sources):
    sys.meta_path.extend(all_sources)
