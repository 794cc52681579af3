"""The user's file: written, compiled, made a module."""

import binascii
import os
import sys


class DoesNotParse(Exception):
    """`cause` is what the compiler raised."""

    def __init__(self, cause):
        super().__init__(cause)
        self.cause = cause


class Source:
    def __init__(self, code_base64, module):
        self.module = module
        # Relative, so that tracebacks say main.py; the working directory is where it is.
        self.file = f"{module}.py"
        self.path = os.path.join(os.getcwd(), self.file)
        self._code = binascii.a2b_base64(code_base64)

    def write(self):
        with open(self.path, "wb") as file:
            file.write(self._code)

    def compile(self):
        """Raises DoesNotParse."""
        try:
            return compile(self._code, self.file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
            raise DoesNotParse(error) from None

    def new_module(self, name):
        """An empty module that knows its file."""
        module = type(sys)(name)
        module.__file__ = self.path
        module.__builtins__ = __builtins__
        return module

    def register(self, module):
        """Lets `import main` and what looks classes up by module find it; the standard library keeps its names."""
        if module.__name__ not in sys.stdlib_module_names and module.__name__ not in sys.modules:
            module.__spec__ = type(sys.__spec__)(module.__name__, None, origin=self.path)
            sys.modules[module.__name__] = module

    def execute(self, module):
        """Makes `module` what the file says. Raises DoesNotParse, and what user code raises: it is not imported then."""
        code = self.compile()
        self.register(module)
        try:
            exec(code, module.__dict__)
        except BaseException:
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]
            raise
