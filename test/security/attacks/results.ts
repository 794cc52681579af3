import type { Attack } from './attack';

const bodyOf =
  (bytes: number): NonNullable<Attack['check']> =>
  ({ record: { result, truncated } }) =>
    result !== null && Buffer.byteLength(result.body) === bytes && truncated.result
      ? undefined
      : `a body of ${result?.body.length ?? 'no'} characters, truncated: ${truncated.result}`;

/** Attacks by what is returned. */
export const results: readonly Attack[] = [
  {
    name: 'returns 50 MB',
    timeoutMs: 30_000,
    memoryMb: 512,
    code: {
      python: 'def handler(event):\n    return "x" * 50_000_000\n',
      node: 'exports.handler = () => "x".repeat(50_000_000);\n',
    },
    ends: ['COMPLETED'],
    check: bodyOf(1024 * 1024),
  },
  {
    name: 'returns 10,000 levels',
    code: {
      python: 'def handler(event):\n    value = []\n    for _ in range(10_000): value = [value]\n    return value\n',
      node: 'exports.handler = () => { let value = []; for (let i = 0; i < 10_000; i += 1) value = [value]; return value; };\n',
    },
    // Text of 10,000 brackets is a body like any other, where the language can write it.
    ends: ['INVALID_RESULT', 'COMPLETED'],
  },
  {
    name: 'returns a circle',
    code: {
      python: 'def handler(event):\n    value = {}\n    value["self"] = value\n    return value\n',
      node: 'exports.handler = () => { const value = {}; value.self = value; return value; };\n',
    },
    ends: ['INVALID_RESULT'],
  },
  {
    name: 'returns 10 MB of headers',
    timeoutMs: 30_000,
    code: {
      python:
        'def handler(event):\n    return {"statusCode": 200, "body": "", "headers": {f"x-{i}": "y" * 1000 for i in range(10_000)}}\n',
      node: 'exports.handler = () => ({ statusCode: 200, body: "", headers: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => ["x-" + i, "y".repeat(1000)])) });\n',
    },
    ends: ['INVALID_RESULT'],
  },
  {
    name: 'returns a value that does something when it is looked at',
    code: {
      python: `
class Trap(dict):
    def get(self, *a): raise SystemExit(0)
    __getitem__ = __iter__ = items = keys = __contains__ = get
def handler(event):
    return Trap(statusCode=200)
`,
      node: `exports.handler = () => new Proxy({}, { get: () => { process.exit(0); }, ownKeys: () => { process.exit(0); } });\n`,
    },
    ends: ['RUNTIME_ERROR', 'INVALID_RESULT', 'COMPLETED'],
  },
  {
    name: 'raises an error of 10 MB, with a stack to match',
    timeoutMs: 30_000,
    code: {
      python:
        'def f(n):\n    if n: return f(n - 1)\n    raise ValueError("x" * 10_000_000)\ndef handler(event):\n    f(900)\n',
      node: 'exports.handler = () => { Error.stackTraceLimit = Infinity; const f = (n) => { if (n) return f(n - 1); throw new Error("x".repeat(10_000_000)); }; f(5000); };\n',
    },
    ends: ['RUNTIME_ERROR'],
    check: ({ record: { errorMessage } }) =>
      Buffer.byteLength(errorMessage ?? '') <= 4096 ? undefined : 'errorMessage is longer than 4 KiB',
  },
];
