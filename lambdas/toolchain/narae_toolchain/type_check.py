"""Type findings, by mypy, whatever the source says of how it wants to be checked: a plugin would be code that runs."""

import os
import re
import sys

# The language that sandboxes run (docs/contracts/invocations.md#runtime-aliases).
PYTHON = (3, 13)
_ERROR = re.compile(r"^[^:]+:\d+:\d+: error: ")
_ASIDE = "narae_aside_"


def findings(files, cache):
    """`files`: paths from the working directory. `cache`: folder of what is known of stubs."""
    from mypy import build
    from mypy.errors import CompileError

    names = _out_of_the_way(files)
    try:
        messages = build.build(_sources(names), _options(cache)).errors
    except CompileError as error:
        messages = error.messages
    return sorted((_with_own_name(message, names) for message in messages if _ERROR.match(message)), key=_place)


def _out_of_the_way(files):
    """{name that mypy sees: path of the file}. What has the name of a standard module is moved: it must not take that
    module's place here, as it does not when the code runs."""
    names = {}
    for file in files:
        root = file.partition("/")[0]
        seen = file
        if root.removesuffix(".py") in sys.stdlib_module_names:
            aside = f"{_ASIDE}{root}"
            seen = aside + file.removeprefix(root)
            if os.path.exists(root):
                os.rename(root, aside)
        names[seen] = file
    return names


def _with_own_name(message, names):
    seen, _, rest = message.partition(":")
    return f"{names.get(seen, seen)}:{rest}"


def _place(message):
    file, line, column, _ = message.split(":", 3)
    return file, int(line), int(column)


def _sources(files):
    from mypy.modulefinder import BuildSource

    named = {}
    for index, file in enumerate(files):
        named.setdefault(_module_of(file) or f"narae_file_{index}", file)
    return [BuildSource(file, module) for module, file in named.items()]


def _module_of(file):
    """None for what no `import` could name: it is checked all the same."""
    parts = file.removesuffix(".py").removesuffix("/__init__").split("/")
    return ".".join(parts) if all(part.isidentifier() for part in parts) else None


def _options(cache):
    from mypy.options import Options

    options = Options()
    options.python_version = PYTHON
    options.platform = "linux"
    options.cache_dir = cache
    options.incremental = True
    # Times are not those of the machine that made the cache; contents are compared.
    options.skip_cache_mtime_checks = True
    options.sqlite_cache = False
    options.ignore_missing_imports = True
    options.no_site_packages = True
    options.python_executable = None
    options.namespace_packages = True
    options.show_column_numbers = True
    options.hide_error_codes = True
    options.error_summary = False
    options.pretty = False
    options.many_errors_threshold = -1
    options.disable_error_code = ["import", "import-untyped", "import-not-found"]
    options.process_error_codes(error_callback=_refuse)
    return options


def _refuse(message):
    raise ValueError(message)
