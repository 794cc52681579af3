import type { Attack } from './attack';

/**
 * Canaries are values that user code is never to see: of other runs, of the machine. The pattern is written so that it
 * does not match itself: the attack's own code is in its own memory.
 */
const PATTERN = 'canar[y]-[0-9a-f]{32}|AWS_(SECRET_ACCESS_KEY|SESSION_TOKEN)=[A-Za-z0-9/+]{4}[A-Za-z0-9/+=]*';

const PYTHON = `
import os, re
SECRET = re.compile(rb"${PATTERN}")
def secrets(data):
    return [found.group().decode() for found in SECRET.finditer(data)]
`;
const NODE = `
const fs = require("fs"), path = require("path");
const secrets = (bytes) => [...bytes.toString("latin1").matchAll(/${PATTERN.replaceAll('/', '\\/')}/g)].map(([found]) => found);
const pids = () => fs.readdirSync("/proc").filter((name) => Number(name) > 0);
const attempt = (work, otherwise) => { try { return work(); } catch { return otherwise; } };
`;

/** Attacks that look for what is not theirs. They return what they have found. */
export const secrets: readonly Attack[] = [
  {
    name: 'reads the environment and the command line of every process',
    code: {
      python: `${PYTHON}
def handler(event):
    loot = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("environ", "cmdline"):
            try:
                loot += secrets(open(f"/proc/{pid}/{name}", "rb").read())
            except OSError:
                pass
    return sorted(set(loot))
`,
      node: `${NODE}
exports.handler = () => [...new Set(pids().flatMap((pid) => ["environ", "cmdline"].flatMap((name) =>
  attempt(() => secrets(fs.readFileSync("/proc/" + pid + "/" + name)), []))))];
`,
    },
    ends: ['COMPLETED'],
    walledReturns: [],
  },
  {
    name: 'reads the memory of every process',
    timeoutMs: 30_000,
    code: {
      python: `${PYTHON}
def regions(pid):
    for line in open(f"/proc/{pid}/maps"):
        span, rights, *_ = line.split()
        start, end = (int(text, 16) for text in span.split("-"))
        if "w" in rights and end - start <= 64 << 20:
            yield start, end
def handler(event):
    loot = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/mem", "rb", 0) as memory:
                for start, end in regions(pid):
                    try:
                        memory.seek(start)
                        loot += secrets(memory.read(end - start))
                    except OSError:
                        pass
        except OSError:
            pass
    return sorted(set(loot))
`,
      node: `${NODE}
const regions = (pid) => fs.readFileSync("/proc/" + pid + "/maps", "latin1").split("\\n").filter(Boolean).map((line) => line.split(/\\s+/))
  .filter(([, rights]) => rights.includes("w")).map(([span]) => span.split("-").map((text) => parseInt(text, 16)))
  .filter(([start, end]) => end - start <= 8 << 20);
exports.handler = () => {
  const loot = new Set(), buffer = Buffer.alloc(8 << 20);
  for (const pid of pids()) {
    if (Number(pid) === process.pid) continue; // its own heap is full of what it looks for
    const memory = attempt(() => fs.openSync("/proc/" + pid + "/mem", "r"));
    if (memory === undefined) continue;
    for (const [start, end] of attempt(() => regions(pid), [])) {
      const read = attempt(() => fs.readSync(memory, buffer, 0, end - start, start), 0);
      for (const found of secrets(buffer.subarray(0, read))) loot.add(found);
    }
  }
  return [...loot];
};
`,
    },
    ends: ['COMPLETED'],
    walledReturns: [],
  },
  {
    name: 'attaches to other processes as a debugger',
    code: {
      python: `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def handler(event):
    own = os.stat("/proc/self").st_uid
    others = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != os.getpid()]
    # 16: PTRACE_ATTACH. What runs around user code belongs to somebody else, but for the last launcher.
    return [pid for pid in others if libc.ptrace(16, pid, None, None) == 0 and os.stat(f"/proc/{pid}").st_uid != own]
`,
    },
    ends: ['COMPLETED'],
    walledReturns: [],
  },
  {
    name: "reads other runs' folders and code",
    timeoutMs: 30_000,
    code: {
      python: `${PYTHON}
def handler(event):
    home, loot = os.environ["HOME"], []
    for top in {"/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/root", "/opt", "/var/task", os.path.dirname(home)}:
        for folder, _, names in os.walk(top):
            for name in names:
                file = os.path.join(folder, name)
                try:
                    if not file.startswith(home + "/") and os.path.isfile(file):
                        loot += secrets(open(file, "rb").read(1 << 20))
                except OSError:
                    pass
    return sorted(set(loot))
`,
      node: `${NODE}
const home = process.env.HOME, loot = new Set();
function walk(folder) {
  for (const entry of attempt(() => fs.readdirSync(folder, { withFileTypes: true }), [])) {
    const file = path.join(folder, entry.name);
    if (file === home) continue;
    if (entry.isDirectory()) walk(file);
    if (entry.isFile()) for (const found of attempt(() => secrets(beginning(file)), [])) loot.add(found);
  }
}
function beginning(file) {
  const [descriptor, bytes] = [fs.openSync(file, "r"), Buffer.alloc(1 << 20)];
  try {
    return bytes.subarray(0, fs.readSync(descriptor, bytes));
  } finally {
    fs.closeSync(descriptor);
  }
}
exports.handler = () => {
  for (const top of ["/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/root", "/opt", "/var/task", path.dirname(home)]) walk(top);
  return [...loot];
};
`,
    },
    ends: ['COMPLETED'],
    returns: [],
  },
  {
    name: 'reads files of the machine',
    code: {
      python: `${PYTHON}
FILES = ["/etc/shadow", "/etc/passwd", "/etc/hostname", "/root/.bashrc", "/root/.ssh/id_rsa", "/root/.aws/credentials", "/var/run/docker.sock", "/dev/sda", "/dev/vda", "/dev/mem", "/proc/kcore", "/sys/kernel/notes"]
def handler(event):
    opened = []
    for file in FILES + [prefix + file for file in event["files"] for prefix in ("", "/proc/1/root", "/proc/self/root/../..")]:
        try:
            open(file, "rb").read(16)
            opened.append(file)
        except OSError:
            pass
    return opened
`,
      node: `${NODE}
const FILES = ["/etc/shadow", "/etc/passwd", "/etc/hostname", "/root/.bashrc", "/root/.ssh/id_rsa", "/root/.aws/credentials", "/var/run/docker.sock", "/dev/sda", "/dev/vda", "/dev/mem", "/proc/kcore", "/sys/kernel/notes"];
exports.handler = ({ files }) => [...FILES, ...files.flatMap((file) => ["", "/proc/1/root", "/proc/self/root/../.."].map((prefix) => prefix + file))]
  .filter((file) => attempt(() => { fs.closeSync(fs.openSync(file, "r")); return true; }, false));
`,
    },
    ends: ['COMPLETED'],
    walledReturns: [],
  },
];
