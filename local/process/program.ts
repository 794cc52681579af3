import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** How a program that was started came to its end. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  /** What people call it, e.g. "AWS emulator". */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** stdout and stderr are appended here. */
  readonly logFile: string;
  /** Signals go to all that it has started too; for programs that do not pass them on. */
  readonly wholeGroup?: boolean;
  /** Called with each piece of output. */
  readonly onOutput?: (text: string) => void;
}

/** A program that runs beside us, with its output in a file and its last lines at hand. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when it has ended, for whatever reason; never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** Its last lines, oldest first. */
  tail(lines?: number): string;
  /**
   * Asks it to end (SIGTERM), waits, and ends it (SIGKILL) when it takes longer than `graceMs`.
   * @returns false where it had to be killed.
   */
  stop(graceMs: number): Promise<boolean>;
}

const KEPT_CHARACTERS = 32 * 1024;

/**
 * Starts a program in a process group of its own: a Ctrl-C in the terminal reaches us alone, and we stop our programs
 * in the right order.
 * @throws Error where it can't be started.
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const [file, ...args] = options.command;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  // A full disk must not end the stack: what can't be logged is lost, the tail is kept.
  log.on('error', () => undefined);
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      kept = (kept + text).slice(-KEPT_CHARACTERS);
      log.write(chunk);
      options.onOutput?.(text);
    });
  }
  let hasEnded = false;
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('close', (code, signal) => {
      hasEnded = true;
      log.end();
      resolve({ code, signal });
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${options.name} can't be started: ${error.message}`)));
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(options.wholeGroup ? -pid : pid, name);
    } catch {
      // It has ended by itself.
    }
  };
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    ended,
    tail: (lines = 20) => kept.trimEnd().split('\n').slice(-lines).join('\n'),
    stop: async (graceMs) => {
      if (!hasEnded) signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), graceMs);
      const end = await ended;
      clearTimeout(timer);
      return end.signal !== 'SIGKILL';
    },
  };
}

/** "exit status 1" or "SIGKILL". */
export function describeEnd({ code, signal }: ProgramEnd): string {
  return signal ?? `exit status ${code ?? 'unknown'}`;
}
