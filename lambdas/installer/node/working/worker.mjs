/** A worker: a process per order, in the isolation that the environment names, with a deadline. */
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** See docs/contracts/callbacks.md#build. Resolving is the smaller part of it. */
const DEADLINES_MS = { resolve: 60_000, install: 120_000 };
const WORK = fileURLToPath(new URL('../work.mjs', import.meta.url));
/** What tells npm where packages come from. Nothing else of ours: no credentials of the function's role. */
const PASSED_ON = /^(?:npm_config_|NARAE_NPMRC$|NODE_EXTRA_CA_CERTS$|SSL_CERT_|https?_proxy$|no_proxy$)/i;

/** The worker's answer, or that it took too long. */
export async function runWorker(order) {
  const limit = DEADLINES_MS[order.do];
  if (limit === undefined) throw new Error(`unknown order ${order.do}`);
  const scratch = mkdtempSync(path.join(realpathSync(tmpdir()), 'install-'));
  try {
    return await answerOf(order, scratch, limit);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function answerOf(order, scratch, limit) {
  const launcher = JSON.parse(process.env.NARAE_CHILD_LAUNCHER || '[]');
  const command = [...launcher.map((part) => part.replaceAll('{scratch}', scratch)), process.execPath, WORK];
  const worker = spawn(command[0], command.slice(1), {
    cwd: scratch,
    env: environmentIn(scratch),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end(worker);
  }, limit);
  try {
    worker.stdin.on('error', () => undefined); // it ended early; its exit tells
    worker.stdin.end(JSON.stringify(order));
    const exit = new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('close', resolve);
    });
    const [status, answer, errors] = await Promise.all([exit, text(worker.stdout), text(worker.stderr)]);
    if (late) return { ok: false, reason: `library could not be installed within ${limit / 1000} s` };
    if (status !== 0) throw new Error(`the worker ended with ${status}: ${errors.slice(-2000)}`);
    return JSON.parse(answer);
  } finally {
    clearTimeout(timer);
    end(worker);
  }
}

/** With all that it started. */
function end(worker) {
  try {
    if (worker.pid !== undefined) process.kill(-worker.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function environmentIn(scratch) {
  const passedOn = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  const PATH = `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  return { ...Object.fromEntries(passedOn), PATH, HOME: scratch, TMPDIR: scratch, LANG: 'C.UTF-8', TZ: 'UTC' };
}
