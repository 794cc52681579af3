export const syntaxCheck = `
import json, sys
def check(source):
    try:
        compile(source, "main.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f" (line {error.lineno})" if error.lineno else ""
        return f"{type(error).__name__}: {error.msg}{where}"
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"
print(json.dumps({"error": check(sys.stdin.buffer.read())}))
`;
