import { spawn, type ChildProcess } from 'node:child_process';
import { within } from './wait';

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called with each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** A long-running program that a test run owns: it can be watched, read and stopped. */
export interface Program {
  readonly pid: number;
  /** Undefined while it runs, then how it ended, e.g. `exit code 1` or `SIGKILL`. */
  ended(): string | undefined;
  /** The last 16 KiB of what it wrote to stdout and stderr. */
  tail(): string;
  /** SIGTERM to the program, then waits for its end. Throws, and kills it, if it has not ended after `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

const TAIL_CHARS = 16_384;

/** Starts a program. Throws if it can't be started at all. */
export async function startProgram({ command, args, cwd, env, onOutput }: ProgramOptions): Promise<Program> {
  const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL_CHARS);
      onOutput?.(text);
    });
  }
  const exit = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
  });
  const forget = endWithUs(child);
  let end: string | undefined;
  void exit.then((how) => {
    end = how;
    forget();
  });
  const pid = await spawned(child);
  return {
    pid,
    ended: () => end,
    tail: () => tail,
    stop: async (deadlineMs) => {
      if (end === undefined) child.kill('SIGTERM');
      try {
        await within(`${command} (pid ${pid}) to end after SIGTERM`, deadlineMs, exit);
      } catch (error) {
        child.kill('SIGKILL');
        throw new Error(`${command} did not stop cleanly. Its last output:\n${tail}`, { cause: error });
      }
    },
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A test run that is stopped or crashes leaves nothing behind. Returns what undoes this. */
function endWithUs(child: ChildProcess): () => void {
  const atExit = () => child.kill('SIGKILL');
  const atSignal = (signal: NodeJS.Signals) => {
    child.kill('SIGTERM');
    forget();
    // With the last handler gone the signal does what it always did.
    process.kill(process.pid, signal);
  };
  const forget = () => {
    process.off('exit', atExit);
    for (const signal of SIGNALS) process.off(signal, atSignal);
  };
  process.once('exit', atExit);
  for (const signal of SIGNALS) process.once(signal, atSignal);
  return forget;
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => (child.pid === undefined ? reject(new Error('no pid')) : resolve(child.pid)));
  });
}
