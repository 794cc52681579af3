import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { listen } from '../../../../local/process/listen';
import { establishIsolation, type Isolation } from '../../../../local/isolation/isolation';
import { CHILD_LIMITS } from '../../../../local/isolation/limits';
import { waitFor } from '../../../support/wait';

const REPOSITORY = path.resolve(__dirname, '../../../..');
/** Not in /tmp: user code has a /tmp of its own, and would miss what is in ours for that reason alone. */
const STATE = path.join(REPOSITORY, '.narae');

/** Where namespaces are not to be had, there is nothing to test; the product says so at its start. */
const namespaces = spawnSync('bwrap', ['--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', 'true']).status === 0;
const describeIsolated = namespaces ? describe : describe.skip;

let dir: string;
let isolation: Isolation;
let neighbour: Server;
let port: number;

beforeAll(async () => {
  await mkdir(STATE, { recursive: true });
  dir = await mkdtemp(path.join(STATE, 'isolation-'));
  await writeFile(path.join(dir, 'secret'), 'of this machine');
  await mkdir(path.join(dir, 'task'));
  await writeFile(path.join(dir, 'task', 'harness.txt'), 'harness');
  neighbour = createServer((socket) => socket.end('reached'));
  port = await listen(neighbour);
  isolation = await establishIsolation({
    environment: process.env,
    nodePath: process.execPath,
    network: 'none',
    dir: path.join(dir, 'probe'),
  });
});

afterAll(async () => {
  neighbour.close();
  await rm(dir, { recursive: true, force: true });
});

/** Starts a child as a supervisor does: launcher in front, environment built from nothing, five descriptors. */
async function start(command: readonly string[]): Promise<{ child: ChildProcess; scratch: string }> {
  const scratch = await mkdtemp(path.join(dir, 'scratch-'));
  const launcher = JSON.parse(isolation.environment(path.join(dir, 'task'))['NARAE_CHILD_LAUNCHER'] ?? '') as string[];
  const libraries = path.join(dir, 'libraries');
  await mkdir(libraries, { recursive: true });
  const filledIn = launcher.map((part) => part.replaceAll('{scratch}', scratch).replaceAll('{libraries}', libraries));
  const [file = '', ...args] = [...filledIn, ...command];
  const env = { PATH: '/usr/bin:/bin', HOME: scratch, TMPDIR: scratch, LANG: 'C.UTF-8', OWN: 'kept' };
  const child = spawn(file, args, { env, cwd: scratch, stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] });
  return { child, scratch };
}

async function run(
  command: readonly string[],
  runIn = '',
): Promise<{ out: string; result: string; status: number | null }> {
  const { child } = await start(command);
  const [, stdout, stderr, third, fourth] = child.stdio;
  if (!stdout || !stderr || !third || !fourth || !('end' in third) || !('read' in fourth)) throw new Error('no pipes');
  third.end(runIn);
  const status = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, error, result] = await Promise.all([text(stdout), text(stderr), text(fourth)]);
  return { out: out + error, result, status: await status };
}

const python = (code: string, runIn?: string) =>
  run([isolation.interpreters.python.path, '-I', '-S', '-c', code], runIn);
const node = (code: string, runIn?: string) => run([process.execPath, '-e', code], runIn);

describeIsolated('an isolated child', () => {
  test('is what this machine offers', () => {
    expect(isolation).toMatchObject({ tier: 'full', gaps: [] });
  });

  test('has its descriptors, its environment and its scratch folder', async () => {
    const fromPython = await python(
      `import os
open(os.environ["TMPDIR"] + "/file", "w").write("x")
os.write(4, os.read(3, 100) + b"|" + os.environ["OWN"].encode() + b"|" + str(os.listdir(".")).encode())`,
      'order',
    );
    const fromNode = await node(
      `const fs = require('fs');
      fs.writeFileSync('file', 'x');
      fs.writeSync(4, fs.readFileSync(3, 'utf8') + '|' + process.env.OWN + '|' + fs.readdirSync(process.env.HOME));`,
      'order',
    );

    expect(fromPython).toEqual({ out: '', result: "order|kept|['file']", status: 0 });
    expect(fromNode).toEqual({ out: '', result: 'order|kept|file', status: 0 });
  });

  test('may read its harness and the standard library, and no file of this machine', async () => {
    const files = ['secret', 'probe', '../..', '../../package.json'].map((name) => path.join(dir, name));
    const hidden = [...files.slice(0, 2), files[3] ?? '', '/etc/passwd', '/etc/hostname', '/var/log', '/home', '/sys'];
    const code = `import os, json, decimal
os.write(4, json.dumps([path for path in ${JSON.stringify(hidden)} if os.path.exists(path)]).encode())
os.write(4, open(${JSON.stringify(path.join(dir, 'task', 'harness.txt'))}, "rb").read())`;

    expect(await python(code)).toEqual({ out: '', result: '[]harness', status: 0 });
  });

  test('reaches no network, not even this machine', async () => {
    const fromPython = await python(`import os, socket
try:
    socket.create_connection(("127.0.0.1", ${port}), 2)
    os.write(4, b"reached")
except OSError as error:
    os.write(4, str(error.errno).encode())`);
    const fromNode = await node(`const socket = require('net').connect(${port}, '127.0.0.1');
      socket.on('connect', () => { require('fs').writeSync(4, 'reached'); process.exit(); });
      socket.on('error', (error) => require('fs').writeSync(4, error.code));`);

    expect(fromPython.result).not.toBe('reached');
    expect(fromPython.result).not.toBe('');
    expect(fromNode.result).toMatch(/^E/);
  });

  test('writes nowhere but into its scratch folder and /tmp, and none of it stays on this machine', async () => {
    const places = ['/', '/usr', '/usr/bin', '/etc', '/dev', '/proc', path.join(dir, 'task'), dir, REPOSITORY];
    const code = `import os, json
written = []
for place in ${JSON.stringify(places)} + ["/tmp", os.environ["TMPDIR"]]:
    try:
        open(place + "/narae-written", "w").write("x")
        written.append(place)
    except OSError:
        pass
os.write(4, json.dumps(written).encode())`;
    const { child, scratch } = await start([isolation.interpreters.python.path, '-I', '-S', '-c', code]);
    const fourth = child.stdio[4];
    if (!fourth || !('read' in fourth)) throw new Error('no pipe');

    expect(JSON.parse(await text(fourth))).toEqual(['/tmp', scratch]);
    for (const folder of ['/tmp', scratch, dir]) {
      await expect(readFile(path.join(folder, 'narae-written'))).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });

  test('cannot hold memory that belongs to no process, nor leave notes in the kernel', async () => {
    const { result } = await python(`import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
arm = platform.machine() == "aarch64"
done = []
try:
    os.memfd_create("hidden")
    done.append("memfd_create")
except PermissionError:
    pass
calls = {"add_key": (217 if arm else 248, b"user", b"note", b"x", 1, -3), "shmget": (194 if arm else 29, 0x6e61, 4096, 0o1666), "unshare": (97 if arm else 272, 0)}
done += [name for name, (number, *rest) in calls.items() if libc.syscall(number, *rest) != -1 or ctypes.get_errno() != 1]
if not arm and libc.syscall(0x40000000 | 39) != -1:
    done.append("x32")
os.write(4, str(done).encode())`);

    expect(result).toBe('[]');
  });

  test('does not inherit the descriptor that its launcher reads the filter from', async () => {
    const code = 'import os; os.write(4, str([fd in os.listdir("/proc/self/fd") for fd in ("2", "9")]).encode())';
    expect((await python(code)).result).toBe('[True, False]');
  });

  test('sees no processes but its own, and cannot end others', async () => {
    const { result } = await python(`import os, json
seen = [name for name in os.listdir("/proc") if name.isdigit()]
try:
    os.kill(${process.pid}, 9)
    ended = True
except OSError:
    ended = False
os.write(4, json.dumps([len(seen) < 8, ended]).encode())`);

    expect(JSON.parse(result)).toEqual([true, false]);
  });

  test('can make no further user namespace and has no rights to begin with', async () => {
    const { result } = await python(`import os, subprocess
status = subprocess.run(["/usr/bin/unshare", "-U", "true"], capture_output=True).returncode
effective = [line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")][0]
os.write(4, f"{status != 0} {int(effective, 16)}".encode())`);

    expect(result).toBe('True 0');
  });

  test('starts a bounded number of processes', async () => {
    const { result } = await python(`import os, signal
count = 0
try:
    while count < 3000:
        if os.fork() == 0:
            signal.pause()
        count += 1
except OSError:
    pass
os.write(4, str(count).encode())
os._exit(0)`);

    expect(Number(result)).toBeGreaterThan(10);
    expect(Number(result)).toBeLessThan(CHILD_LIMITS.processes);
  });

  test('writes a bounded amount, in one file and in all', async () => {
    const { result } = await python(`import os, json
def fill(folder):
    total = 0
    try:
        for number in range(1000):
            with open(f"{folder}/{number}", "wb", buffering=0) as file:
                for _ in range(8):
                    total += file.write(bytes(1 << 20))
    except OSError as error:
        return [total, error.errno]
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
os.write(4, json.dumps([fill(os.environ["TMPDIR"]), fill("/tmp"), fill("/dev/shm")]).encode())`);

    const noSpace = 28;
    const filled = JSON.parse(result) as [number, number][];
    const bounds = [CHILD_LIMITS.scratchBytes, CHILD_LIMITS.tmpBytes, CHILD_LIMITS.sharedMemoryBytes];
    for (const [index, [bytes, error]] of filled.entries()) {
      expect(error).toBe(noSpace);
      expect(bytes).toBeLessThanOrEqual(bounds[index] ?? 0);
    }
  });

  test('ends with all it has started when its launcher is killed', async () => {
    const { child } = await start([
      isolation.interpreters.python.path,
      '-I',
      '-S',
      '-c',
      `import os, signal, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(4, b"up")
        signal.pause()
signal.pause()`,
    ]);
    const fourth = child.stdio[4];
    if (!fourth || !('read' in fourth)) throw new Error('no pipe');
    let said = '';
    fourth.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise<void>((resolve) => fourth.once('close', () => resolve()));
    await waitFor('the grandchild', () => (said === 'up' ? true : undefined));

    child.kill('SIGKILL');

    // The grandchild held the last copy of this descriptor.
    await ended;
  });
});
