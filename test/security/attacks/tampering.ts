import { atMost, MIB, type Attack } from './attack';

const readOnly = {
  // Interpreter and harness, as user code sees them.
  python:
    '[os.__file__, json.__file__, sys.executable, *(module.__file__ for name, module in list(sys.modules.items()) if (name == "__main__" or name.startswith("narae")) and getattr(module, "__file__", None))]',
  node: '[process.execPath, process.argv[1], "/usr/bin/env"]',
};

/** Attacks on the run that comes next, and on what surrounds this one. */
export const tampering: readonly Attack[] = [
  {
    name: 'leaves a grandchild that looks for the next run',
    code: {
      python: `
import os, subprocess, sys
LOOK = """
import glob, os, re, sys, time
while True:
    for name in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cwd/*") + glob.glob("/tmp/*/*"):
        try:
            for found in re.findall(rb"canar[y]-[0-9a-f]{32}", open(name, "rb").read()):
                open("/tmp/loot-" + sys.argv[1], "ab").write(found)
        except OSError:
            pass
"""
def handler(event):
    if os.fork() == 0:
        os.setsid()
        os.chdir("/")
        os.closerange(0, 65536)
        if os.fork() == 0:
            os.execve(sys.executable, [sys.executable, "-c", LOOK, event["mark"]], {})
        os._exit(0)
    os.wait()
    return 1
`,
      node: `
const { spawn } = require("child_process");
const LOOK = \`
const fs = require("fs");
const attempt = (work) => { try { return work(); } catch { return []; } };
setInterval(() => {
  for (const pid of attempt(() => fs.readdirSync("/proc"))) {
    const files = ["/proc/" + pid + "/environ", ...attempt(() => fs.readdirSync("/proc/" + pid + "/cwd").map((name) => "/proc/" + pid + "/cwd/" + name))];
    for (const file of files) for (const [found] of attempt(() => [...fs.readFileSync(file, "latin1").matchAll(/canar[y]-[0-9a-f]{32}/g)])) fs.appendFileSync("/tmp/loot-" + process.argv[1], found);
  }
}, 1);\`;
exports.handler = ({ mark }) => { spawn(process.execPath, ["-e", LOOK, mark], { detached: true, stdio: "ignore", cwd: "/", env: {} }).unref(); return 1; };
`,
    },
    ends: ['COMPLETED'],
    returns: 1,
  },
  {
    name: 'puts links, pipes and locked folders in place of files',
    code: {
      python: `
import os, shutil
def handler(event):
    home = os.environ["HOME"]
    for name in os.listdir(home):
        os.unlink(name)
    os.symlink("/etc", "main.py")
    os.mkfifo("main")
    os.symlink("/proc/self/mem", "index.js")
    for folder in (home, "/tmp", "/dev/shm"):
        try:
            os.mkfifo(f"{folder}/narae-{event['mark']}")
            os.symlink("/", f"{folder}/link-{event['mark']}")
            os.makedirs(f"{folder}/locked-{event['mark']}/in")
            os.chmod(f"{folder}/locked-{event['mark']}/in", 0)
            os.chmod(f"{folder}/locked-{event['mark']}", 0)
        except OSError:
            pass
    try:
        os.chmod(home, 0)
    except OSError:
        pass # it may be a folder that was put there for it
    return 1
`,
      node: `
const fs = require("fs"), { execFileSync } = require("child_process");
exports.handler = ({ mark }) => {
  const home = process.env.HOME;
  for (const name of fs.readdirSync(home)) fs.unlinkSync(name);
  fs.symlinkSync("/etc", "index.js");
  execFileSync("mkfifo", ["main.js", "index.mjs"]);
  for (const folder of [home, "/tmp", "/dev/shm"]) {
    try {
      execFileSync("mkfifo", [folder + "/narae-" + mark], { stdio: "ignore" });
      fs.symlinkSync("/", folder + "/link-" + mark);
      fs.mkdirSync(folder + "/locked-" + mark + "/in", { recursive: true });
      fs.chmodSync(folder + "/locked-" + mark + "/in", 0);
      fs.chmodSync(folder + "/locked-" + mark, 0);
    } catch {}
  }
  try { fs.chmodSync(home, 0); } catch {} // it may be a folder that was put there for it
  return 1;
};
`,
    },
    ends: ['COMPLETED'],
    returns: 1,
  },
  {
    name: 'removes or replaces its home',
    code: {
      python: `
import os, shutil
def handler(event):
    home = os.environ["HOME"]
    shutil.rmtree(home, ignore_errors=True)
    for way in (lambda: os.rename(home, home + "-" + event["mark"]), lambda: os.rmdir(home), lambda: os.symlink("/", home)):
        try:
            way()
        except OSError:
            pass
    return 1
`,
      node: `
const fs = require("fs");
exports.handler = ({ mark }) => {
  const home = process.env.HOME;
  for (const way of [() => fs.rmSync(home, { recursive: true, force: true }), () => fs.renameSync(home, home + "-" + mark), () => fs.rmdirSync(home), () => fs.symlinkSync("/", home)]) { try { way(); } catch {} }
  return 1;
};
`,
    },
    ends: ['COMPLETED'],
    returns: 1,
  },
  {
    name: 'replaces builtins, modules and the harness in memory',
    timeoutMs: 3_000,
    code: {
      python: `
import builtins, json, os, sys
def poison(*args, **kwargs):
    return "poisoned"
for name in ("len", "sorted", "isinstance", "str", "repr", "open"):
    setattr(builtins, name, poison)
builtins.poisoned = True
json.dumps = json.loads = os.write = os.read = poison
for name in list(sys.modules):
    if name not in ("sys", "builtins"):
        sys.modules[name] = poison
def handler(event):
    return 1
`,
      node: `
globalThis.poisoned = true;
JSON.stringify = () => "poisoned";
Array.prototype.map = Array.prototype.push = Object.keys = String.prototype.split = () => "poisoned";
Object.defineProperty(Object.prototype, "poisoned", { value: true });
process.stdout.write = process.exit = () => "poisoned";
for (const name of ["fs", "path", "module"]) { const module = require(name); for (const key of Object.keys(module) || []) { try { module[key] = () => "poisoned"; } catch {} } }
exports.handler = () => 1;
`,
    },
    // What it breaks is its own run.
    ends: ['COMPLETED', 'RUNTIME_ERROR', 'INVALID_RESULT', 'TIMEOUT'],
  },
  {
    name: 'writes into the interpreter, the harness and what they load at their start',
    code: {
      python: `
import json, os, sys
def handler(event):
    written, home = [], os.environ["HOME"]
    for file in ${readOnly.python}:
        for target in (file, os.path.join(os.path.dirname(file), "json.py"), os.path.join(os.path.dirname(file), "sitecustomize.py")):
            try:
                os.close(os.open(target, os.O_WRONLY | os.O_CREAT))
                written.append(target)
            except OSError:
                pass
    for name in ("usercustomize.py", "sitecustomize.py", "json.py", ".pythonrc", "pyvenv.cfg", ".bashrc"):
        open(os.path.join(home, name), "w").write("import builtins; builtins.poisoned = True")
    return written
`,
      node: `
const fs = require("fs"), path = require("path");
exports.handler = () => {
  const written = [], home = process.env.HOME;
  for (const file of ${readOnly.node}) {
    for (const target of [file, path.join(path.dirname(file), "package.json"), path.join(path.dirname(file), "node_modules")]) {
      try { fs.closeSync(fs.openSync(target, "a")); written.push(target); } catch {}
    }
  }
  for (const name of ["package.json", ".noderc", ".npmrc", "node_modules"]) fs.writeFileSync(path.join(home, name), '{"type":"module"}');
  return written;
};
`,
    },
    ends: ['COMPLETED'],
    returns: [],
  },
  {
    name: 'makes namespaces, mounts, devices and new roots',
    code: {
      python: `
import ctypes, os, stat
libc = ctypes.CDLL(None, use_errno=True)
def handler(event):
    done = []
    for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("pid", 0x20000000), ("net", 0x40000000)):
        if libc.unshare(flag) == 0:
            done.append(f"unshare {name}")
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
        done.append("mount")
    for name, way in (("chroot", lambda: os.chroot("/tmp")), ("mknod", lambda: os.mknod("disk", stat.S_IFBLK | 0o600, os.makedev(8, 0))), ("setuid", lambda: os.setuid(0)),
                      ("sethostname", lambda: __import__("socket").sethostname("x")), ("setns", lambda: os.setns(os.open("/proc/1/ns/net", 0)))):
        try:
            way()
            done.append(name)
        except OSError:
            pass
    return done
`,
      node: `
const { spawnSync } = require("child_process");
const ways = { user: ["unshare", "-U", "true"], mount: ["mount", "-t", "tmpfs", "none", "/tmp"], net: ["unshare", "-n", "true"], root: ["su", "-c", "true"], nsenter: ["nsenter", "-t", "1", "-a", "true"] };
exports.handler = () => Object.keys(ways).filter((name) => spawnSync(ways[name][0], ways[name].slice(1), { timeout: 2000 }).status === 0);
`,
    },
    ends: ['COMPLETED'],
    walledReturns: [],
  },
  {
    name: 'leaves a note for the next run in the kernel',
    code: {
      // add_key and keyctl(KEYCTL_SEARCH) on the session, user and user session keyrings; POSIX and System V queues.
      python: `
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
ADD, KEYCTL = (248, 250) if platform.machine() == "x86_64" else (217, 219)
def handler(event):
    found = [ring for ring in (-3, -4, -5) if libc.syscall(KEYCTL, 10, ring, b"user", b"narae-note", 0) > 0]
    for ring in (-3, -4, -5):
        libc.syscall(ADD, b"user", b"narae-note", b"from before", 11, ring)
    if libc.shmget(0x6e617261, 4096, 0) >= 0:
        found.append("shm")
    libc.shmget(0x6e617261, 4096, 0o1666)
    return found
`,
    },
    ends: ['COMPLETED'],
    walledReturns: [],
  },
  {
    name: 'hides memory in files without a name',
    memoryMb: 128,
    timeoutMs: 6_000,
    code: {
      python: `
import os
def handler(event):
    block, count = b"x" * (8 << 20), 0
    try:
        for _ in range(8):
            file = os.memfd_create("hidden")
            for _ in range(8):
                count += os.write(file, block)
    except OSError:
        pass
    return count
`,
    },
    ends: ['COMPLETED', 'OUT_OF_MEMORY', 'RUNTIME_ERROR'],
    endsOnLambda: ['PLATFORM_ERROR'],
    check: atMost(128 * MIB, 'bytes of memory that nobody counted'),
  },
];
