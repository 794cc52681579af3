import type { Attack } from './attack';

const cannotEnd = { ends: ['TIMEOUT'], timeoutMs: 700 } as const;

/** Attacks on how and when a run ends. */
export const endings: readonly Attack[] = [
  {
    name: 'ends its process in the middle, as if all were well',
    code: {
      python: 'import os\ndef handler(event):\n    os._exit(0)\n',
      node: 'exports.handler = () => { process.reallyExit(0); };\n',
    },
    ends: ['RUNTIME_ERROR'],
  },
  {
    name: 'ends its process while the file is loaded',
    code: { python: 'import os\nos._exit(3)\n', node: 'process.reallyExit(3);\n' },
    ends: ['RUNTIME_ERROR'],
  },
  {
    name: 'crashes the interpreter',
    code: {
      python: 'import ctypes\ndef handler(event):\n    ctypes.string_at(0)\n',
      node: 'exports.handler = () => { process.abort(); };\n',
    },
    ends: ['RUNTIME_ERROR'],
  },
  {
    name: 'overflows the stack',
    code: {
      python: 'import sys\nsys.setrecursionlimit(10**9)\ndef handler(event):\n    return handler(event)\n',
      node: 'exports.handler = (event) => exports.handler(event);\n',
    },
    ends: ['RUNTIME_ERROR', 'OUT_OF_MEMORY'],
  },
  {
    name: 'stops itself',
    code: {
      python: 'import os, signal\ndef handler(event):\n    os.kill(os.getpid(), signal.SIGSTOP)\n    return 1\n',
      node: 'exports.handler = () => { process.kill(process.pid, "SIGSTOP"); return 1; };\n',
    },
    ...cannotEnd,
  },
  {
    name: 'ignores every signal that can be ignored',
    code: {
      python:
        'import signal, time\ndef handler(event):\n    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n        signal.signal(number, signal.SIG_IGN)\n    while True: time.sleep(1)\n',
      node: 'const { signals } = require("os").constants;\nexports.handler = () => { for (const name of Object.keys(signals)) { try { process.on(name, () => {}); } catch {} } return new Promise(() => setInterval(() => {}, 1000)); };\n',
    },
    ...cannotEnd,
  },
  {
    name: 'loops in C code that lets nobody in between',
    code: {
      python: 'import re\ndef handler(event):\n    return bool(re.match(r"(a+)+$", "a" * 64 + "b"))\n',
      node: 'exports.handler = () => /^(a+)+$/.test("a".repeat(64) + "b");\n',
    },
    ...cannotEnd,
  },
  {
    name: 'catches its own end',
    code: {
      python:
        'import atexit, time\natexit.register(lambda: time.sleep(600))\ndef handler(event):\n    while True:\n        try:\n            time.sleep(600)\n        except BaseException:\n            pass\n',
      node: 'process.on("exit", () => { for (;;); });\nexports.handler = async () => { for (;;) { try { await null; } catch {} } };\n',
    },
    ...cannotEnd,
  },
  {
    name: 'signals its parent and its group',
    code: {
      python: `
import os, signal
def handler(event):
    for number in (signal.SIGTERM, signal.SIGKILL):
        for kill, whom in ((os.kill, os.getppid()), (os.kill, 1), (os.killpg, 0), (os.kill, -1)):
            try:
                kill(whom, number)
            except OSError:
                pass
    return 1
`,
      node: `
exports.handler = () => {
  for (const signal of ["SIGTERM", "SIGKILL"]) for (const whom of [process.ppid, 1, 0, -1]) { try { process.kill(whom, signal); } catch {} }
  return 1;
};
`,
    },
    // Its own group and what else is its own ends, itself included.
    ends: ['RUNTIME_ERROR', 'COMPLETED'],
    endsOnLambda: ['PLATFORM_ERROR'],
  },
  {
    name: 'stops its parent',
    code: {
      python: `
import os, signal
def handler(event):
    for whom in (os.getppid(), 1):
        try:
            os.kill(whom, signal.SIGSTOP)
        except OSError:
            pass
    return 1
`,
      node: `
exports.handler = () => { for (const whom of [process.ppid, 1]) { try { process.kill(whom, "SIGSTOP"); } catch {} } return 1; };
`,
    },
    ends: ['COMPLETED'],
    endsOnLambda: ['PLATFORM_ERROR', 'TIMEOUT'],
  },
];
