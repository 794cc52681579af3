import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startProgram, type Program } from './program';
import { recordingOf } from './recording';
import { NoUseWaiting, waitFor } from './wait';

/** A whole Narae that a test run started and owns. */
export interface System {
  /** Origin of the API, e.g. `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /** The folder it keeps its state in; `keys` of this system needs it. */
  readonly stateDir: string;
  /** Ends it as Ctrl-C does, checks that it ended and removes its state. */
  stop(): Promise<void>;
}

export const REPOSITORY = resolve(__dirname, '../..');
export const BOOTSTRAP = join(REPOSITORY, 'local/bootstrap.mjs');

/** Emulator, cdk deploy and first start on a busy machine. */
const START_DEADLINE_MS = 300_000;
const STOP_DEADLINE_MS = 60_000;
const PROGRESS_MS = 10_000;

/**
 * Starts what `npm start` starts, with fresh state and a free port, and returns when it serves.
 * @param settings variables of its own
 * Throws with the tail of its output when it ends early or takes longer than five minutes.
 */
export async function startSystem(
  name: string,
  args: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<System> {
  await mkdir(join(REPOSITORY, '.narae'), { recursive: true });
  const stateDir = await mkdtemp(join(REPOSITORY, `.narae/test-${name}-`));
  const recording = await recordingOf(name);
  const { url, stop } = await startOn(stateDir, name, args, { ...settings, ...recording?.settings });
  return {
    url,
    stateDir,
    stop: async () => {
      await recording?.keepStacks(stateDir);
      await stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** The same with the state of a folder, which stays when it is stopped. */
export async function startOn(
  stateDir: string,
  name: string,
  args: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<Pick<System, 'url' | 'stop'>> {
  const program = await startProgram({
    command: process.execPath,
    args: [BOOTSTRAP, 'start', ...args],
    cwd: REPOSITORY,
    env: { ...systemEnvironment(stateDir), NARAE_PORT: '0', ...settings },
  });
  const stop = () => program.stop(STOP_DEADLINE_MS);
  const progress = setInterval(() => report(name, lastLine(program)), PROGRESS_MS);
  try {
    const url = await waitFor('the system to start', () => servingUrl(stateDir, program), {
      deadlineMs: START_DEADLINE_MS,
      everyMs: 100,
    });
    report(name, `serves ${url}`);
    return { url, stop };
  } catch (error) {
    // The state folder stays: it is what one looks into after a failed start.
    const tail = program.tail();
    await stop();
    throw new Error(`Narae did not start (state in ${stateDir}). Its last output:\n${tail}`, { cause: error });
  } finally {
    clearInterval(progress);
  }
}

/** The caller's environment without what would point the system elsewhere. */
export function systemEnvironment(stateDir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|JEST_)/.test(name) && (!name.startsWith('NARAE_') || name === 'NARAE_PYTHON_VENV'),
  );
  return { ...Object.fromEntries(kept), NARAE_STATE_DIR: stateDir };
}

async function servingUrl(stateDir: string, program: Program): Promise<string | undefined> {
  const text = await readFile(join(stateDir, 'system.json'), 'utf8').catch(() => undefined);
  // Ended is looked at last: a program that wrote the file and ended has not started.
  if (program.ended() !== undefined) throw new NoUseWaiting(`It ended: ${program.ended() ?? ''}`);
  if (text === undefined) return undefined;
  const facts: unknown = JSON.parse(text);
  if (typeof facts !== 'object' || facts === null || !('url' in facts) || typeof facts.url !== 'string') {
    throw new Error('system.json has no url');
  }
  return facts.url.replace(/\/$/, '');
}

function report(name: string, line: string): void {
  process.stderr.write(`[${name}] ${line}\n`);
}

function lastLine(program: Program): string {
  return program.tail().trimEnd().split('\n').at(-1) ?? '';
}
