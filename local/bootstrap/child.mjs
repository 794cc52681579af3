import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const KEPT_OUTPUT_BYTES = 64 * 1024;

/**
 * Runs a program to its end with its output kept, not shown.
 * @returns {Promise<{status: number, output: string}>} `status` 127 where the program does not exist,
 *   124 where the time limit ended it; `output` is the end of stdout and stderr together.
 */
export function run(program, args, { env = process.env, cwd = process.cwd(), timeLimitMs = 600_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let timedOut = false;
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT_BYTES);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeLimitMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ status: 127, output: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ status: timedOut ? 124 : (code ?? 1), output });
    });
  });
}

/**
 * Runs the command proper in this terminal and answers its exit status, the way a shell would say it.
 * Signals sent to this process alone are passed on; a Ctrl-C reaches the child from the terminal as well, which is why
 * the child must take a second signal of the same kind for the first.
 */
export function runInForeground(program, args, { env, cwd }) {
  return new Promise((resolve, reject) => {
    // A command that must not outlive us (a system that serves) looks for us by this number.
    const child = spawn(program, args, { env: { ...env, NARAE_STARTER_PID: process.pid }, cwd, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const stopWatching = whenOrphaned(() => child.kill('SIGTERM'));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      stopWatching();
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/**
 * A signal to npm alone ends npm and its shell, and neither tells us. Only under npm: whoever starts us in the background
 * of a shell that ends may well mean it.
 */
function whenOrphaned(stop) {
  if (!process.env.npm_lifecycle_event) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => process.ppid !== parent && stop(), 1_000);
  return () => clearInterval(timer);
}

/** The last lines of a program's output, for an error message. */
export const tail = (output, lines = 15) => output.trimEnd().split('\n').slice(-lines).join('\n');
