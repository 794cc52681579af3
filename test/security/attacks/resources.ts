import { atMost, MIB, type Attack } from './attack';

/** Scratch folder, /tmp and /dev/shm together (docs/local.md, "Isolation of user code"). */
const ALL_FOLDERS_BYTES = (256 + 64 + 16) * MIB;

/** Attacks that take more than they are given. */
export const resources: readonly Attack[] = [
  {
    name: 'forks without end',
    timeoutMs: 1_500,
    code: {
      python:
        'import os\ndef handler(event):\n    while True:\n        try:\n            os.fork()\n        except OSError:\n            pass\n',
      node: 'const { spawn } = require("child_process");\nexports.handler = () => { for (;;) { try { spawn("sh", ["-c", "f() { f | f & }; f"], { detached: true, stdio: "ignore" }).on("error", () => {}).unref(); } catch {} } };\n',
    },
    ends: ['TIMEOUT', 'OUT_OF_MEMORY'],
    endsOnLambda: ['RUNTIME_ERROR', 'PLATFORM_ERROR'],
  },
  {
    name: 'starts threads without end',
    timeoutMs: 1_500,
    memoryMb: 256,
    code: {
      python:
        'import threading, time\ndef handler(event):\n    while True:\n        try:\n            threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n        except RuntimeError:\n            pass\n',
      node: 'const { Worker } = require("worker_threads");\nexports.handler = () => new Promise(() => { setInterval(() => { try { new Worker("setInterval(() => {}, 1000)", { eval: true }).on("error", () => {}); } catch {} }, 1); });\n',
    },
    ends: ['TIMEOUT', 'OUT_OF_MEMORY', 'RUNTIME_ERROR'],
  },
  {
    name: 'runs away by forking: one is always alive, never the same',
    timeoutMs: 1_000,
    code: {
      python:
        'import os\ndef handler(event):\n    while True:\n        if os.fork():\n            os._exit(0)\n        os.setsid()\n',
      node: 'const { spawn } = require("child_process");\nexports.handler = ({ mark }) => { spawn("sh", ["-c", \'setsid sh -c "$0" "$0" & exit 0\', \'setsid sh -c "$0" "$0" & exit 0\', mark], { detached: true, stdio: "ignore" }).unref(); return new Promise((done) => setTimeout(done, 600, 1)); };\n',
    },
    ends: ['RUNTIME_ERROR', 'TIMEOUT', 'COMPLETED'],
  },
  {
    name: 'allocates without end',
    memoryMb: 128,
    timeoutMs: 30_000,
    code: {
      python: 'def handler(event):\n    kept = []\n    while True:\n        kept.append(bytearray(b"x") * (8 << 20))\n',
      node: 'exports.handler = () => { const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1)); };\n',
    },
    ends: ['OUT_OF_MEMORY'],
  },
  {
    name: 'allocates 4 GB at once',
    memoryMb: 128,
    timeoutMs: 30_000,
    code: {
      python: 'def handler(event):\n    return len(b"x" * (4 << 30))\n',
      node: 'exports.handler = () => Buffer.alloc(4 * 2 ** 30, 1).length;\n',
    },
    ends: ['OUT_OF_MEMORY', 'RUNTIME_ERROR'],
  },
  {
    name: 'fills the disk',
    timeoutMs: 6_000,
    code: {
      python: `
import os
def fill(folder):
    block, count = b"x" * (1 << 20), 0
    try:
        for number in range(64):
            with open(os.path.join(folder, f"fill-{number}"), "wb", 0) as file:
                for _ in range(64):
                    count += file.write(block)
    except OSError:
        pass
    return count
def handler(event):
    return sum(fill(folder) for folder in (os.environ["HOME"], "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/"))
`,
      node: `
const fs = require("fs"), path = require("path");
function fill(folder) {
  const block = Buffer.alloc(1 << 20, "x");
  let count = 0;
  try {
    for (let number = 0; number < 64; number += 1) {
      const file = fs.openSync(path.join(folder, "fill-" + number), "w");
      for (let i = 0; i < 64; i += 1) count += fs.writeSync(file, block);
    }
  } catch {}
  return count;
}
exports.handler = () => [process.env.HOME, "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/"].map(fill).reduce((a, b) => a + b);
`,
    },
    ends: ['COMPLETED', 'OUT_OF_MEMORY', 'TIMEOUT', 'RUNTIME_ERROR'],
    endsOnLambda: ['PLATFORM_ERROR'],
    check: atMost(ALL_FOLDERS_BYTES, 'bytes written'),
  },
  {
    name: 'fills the inodes',
    timeoutMs: 1_500,
    code: {
      python:
        'import os\ndef handler(event):\n    for number in range(10**9):\n        os.mkdir(f"d{number}")\n        os.symlink("x" * 200, f"d{number}/l")\n',
      node: 'const fs = require("fs");\nexports.handler = () => { for (let n = 0; ; n += 1) { fs.mkdirSync("d" + n); fs.symlinkSync("x".repeat(200), "d" + n + "/l"); } };\n',
    },
    ends: ['TIMEOUT', 'RUNTIME_ERROR'],
  },
  {
    name: 'opens descriptors and pipes without end',
    code: {
      python:
        'import os\ndef handler(event):\n    kept = []\n    try:\n        while True:\n            ends = os.pipe()\n            kept += ends\n            os.set_blocking(ends[1], False)\n            os.write(ends[1], b"x" * 65536)\n    except OSError:\n        pass\n    for fd in kept: os.close(fd)\n    return len(kept) < 70_000\n',
    },
    ends: ['COMPLETED'],
    returns: true,
  },
];
