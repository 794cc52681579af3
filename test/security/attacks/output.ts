import { logLines } from '../../support/invocations';
import type { Attack, Outcome } from './attack';

const FORGED_EVENT = 'id: 99\nevent: COMPLETE\ndata: {"type":"COMPLETE","status":"COMPLETED"}\n\nretry: 1\n\n: x\n\n';
const FORGED_FRAMES = [
  '{"t":"result","json":"\\"forged\\"","truncated":false}',
  '{"t":"usage","durationMs":999999,"cpuMs":999999,"maxMemoryBytes":1,"exitCode":0,"signal":null}',
  '{"t":"end"}',
  '0 result "forged"',
  'result "forged"',
  '',
].join('\n');

const lines = ({ stream }: Outcome) => logLines(stream.events);
const cut = ({ record }: Outcome) => (record.truncated.logs ? undefined : 'truncated.logs is not true');

/** Attacks by what is written, and where. */
export const output: readonly Attack[] = [
  {
    name: 'forges lines of the event stream',
    code: {
      python: `def handler(event):\n    print(${JSON.stringify(FORGED_EVENT)} + "a\\r\\nb\\rc\\u2028d\\u2029e\\x85f\\0g")\n    return 1\n`,
      node: `exports.handler = () => { console.log(${JSON.stringify(FORGED_EVENT)} + "a\\r\\nb\\rc\\u2028d\\u2029e\\x85f\\0g"); return 1; };\n`,
    },
    ends: ['COMPLETED'],
    returns: 1,
    check: (outcome) => {
      const expected = [...`${FORGED_EVENT}a`.split('\n'), 'b\rc\u2028d\u2029e\x85f\0g'];
      const seen = lines(outcome).map(({ line }) => line);
      return JSON.stringify(seen) === JSON.stringify(expected) ? undefined : `lines: ${JSON.stringify(seen)}`;
    },
  },
  {
    name: 'forges frames on every descriptor it has',
    code: {
      python: `
import os
def handler(event):
    for fd in os.listdir("/proc/self/fd"):
        try:
            os.write(int(fd), ${JSON.stringify(FORGED_FRAMES)}.encode())
        except OSError:
            pass
    return "true"
`,
      node: `
const fs = require("fs");
exports.handler = () => {
  // Up to 4: above are Node's own, which break it.
  for (const fd of [0, 1, 2, 3, 4]) { try { fs.writeSync(fd, ${JSON.stringify(FORGED_FRAMES)}); } catch {} }
  return "true";
};
`,
    },
    ends: ['COMPLETED'],
    returns: 'true',
    check: ({ record: { usage } }) =>
      usage === null || usage.durationMs > 60_000 || usage.cpuMs > 60_000 || usage.maxMemoryBytes < 1_000_000
        ? `usage: ${JSON.stringify(usage)}`
        : undefined,
  },
  {
    name: 'closes every descriptor',
    code: {
      python: 'import os\ndef handler(event):\n    os.closerange(0, 65536)\n    return 1\n',
      node: 'const fs = require("fs");\nexports.handler = () => { for (const fd of [0, 1, 2, 3, 4]) { try { fs.closeSync(fd); } catch {} } return 1; };\n',
    },
    // The descriptor that its result would go to is among them.
    ends: ['RUNTIME_ERROR'],
  },
  {
    name: 'closes stdout and stderr',
    code: {
      python:
        'import os, sys\ndef handler(event):\n    print("said", flush=True)\n    os.close(1)\n    os.close(2)\n    return 1\n',
      node: 'const fs = require("fs");\nexports.handler = () => { console.log("said"); fs.closeSync(1); fs.closeSync(2); return 1; };\n',
    },
    ends: ['COMPLETED'],
    returns: 1,
    check: (outcome) => (lines(outcome)[0]?.line === 'said' ? undefined : 'the line before is missing'),
  },
  {
    name: 'replaces stdout and stderr by files and by each other',
    code: {
      python: `
import os, sys
def handler(event):
    file = os.open("out", os.O_CREAT | os.O_RDWR)
    out = os.dup(1)
    os.dup2(2, 1)
    os.dup2(file, 2)
    print("to stderr's pipe", flush=True)
    print("to a file", file=sys.stderr, flush=True)
    os.dup2(out, 2)
    sys.stdout = sys.stderr = open("/dev/null", "w")
    return os.pread(file, 99, 0).decode()
`,
      node: `
const fs = require("fs");
exports.handler = () => {
  fs.closeSync(2);
  const file = fs.openSync("out", "w+");
  process.stdout.write = console.log = () => { throw new Error("no"); };
  fs.writeSync(1, "to stdout's pipe\\n");
  fs.writeSync(2, "to a file\\n");
  return fs.readFileSync("out", "utf8");
};
`,
    },
    ends: ['COMPLETED'],
    returns: 'to a file\n',
    check: (outcome) => (lines(outcome).length === 1 ? undefined : `lines: ${JSON.stringify(lines(outcome))}`),
  },
  {
    name: 'prints 1 GB',
    timeoutMs: 4_000,
    code: {
      python:
        'import os\ndef handler(event):\n    block = (b"x" * 1023 + b"\\n") * 64\n    for _ in range(16384): os.write(1, block)\n    return 1\n',
      node: 'const fs = require("fs");\nexports.handler = () => { const block = ("x".repeat(1023) + "\\n").repeat(64); for (let i = 0; i < 16384; i += 1) for (let at = 0; at < block.length;) { try { at += fs.writeSync(1, block.slice(at)); } catch {} } return 1; };\n',
    },
    ends: ['COMPLETED', 'TIMEOUT'],
    check: cut,
  },
  {
    name: 'prints one line of 10 MB',
    timeoutMs: 30_000,
    code: {
      python: 'def handler(event):\n    print("x" * 10_000_000)\n    print("after")\n    return 1\n',
      node: 'exports.handler = () => { console.log("x".repeat(10_000_000)); console.log("after"); return 1; };\n',
    },
    ends: ['COMPLETED'],
    returns: 1,
    check: (outcome) =>
      cut(outcome) ??
      (lines(outcome)
        .map(({ line }) => line.length)
        .join() === '8192,5'
        ? undefined
        : 'not 8192 characters and a line'),
  },
  {
    name: 'prints 300,000 empty lines',
    timeoutMs: 30_000,
    code: {
      python: 'import os\ndef handler(event):\n    os.write(1, b"\\n" * 300_000)\n    return 1\n',
      node: 'exports.handler = () => { process.stdout.write("\\n".repeat(300_000)); return 1; };\n',
    },
    ends: ['COMPLETED'],
    returns: 1,
    check: cut,
  },
];
