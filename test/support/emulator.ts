import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startProgram } from './program';
import { freePort } from './ports';
import { NoUseWaiting, waitFor } from './wait';

/** A running AWS emulator with throw-away state. */
export interface Emulator {
  /** e.g. `http://127.0.0.1:40123`: the endpoint of every AWS service. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const REPOSITORY = resolve(__dirname, '../..');
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;

/**
 * Starts a MiniStack of its own (free port, nothing persisted) for tests of what talks to AWS.
 * Throws with the emulator's last output if it does not answer within a minute.
 */
export async function startEmulator(): Promise<Emulator> {
  const venv = resolve(process.env['NARAE_PYTHON_VENV'] ?? join(REPOSITORY, '.narae/venv'));
  const python = join(venv, 'bin/python');
  if (!existsSync(python)) {
    throw new Error(`There is no Python environment in ${venv}: run "npm test" once, or set NARAE_PYTHON_VENV.`);
  }
  const state = await mkdtemp(join(tmpdir(), 'narae-emulator-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    command: python,
    args: ['-m', 'ministack'],
    cwd: state,
    env: emulatorEnvironment(venv, state, port),
  });
  const stop = async () => {
    try {
      await program.stop(STOP_DEADLINE_MS);
    } finally {
      await rm(state, { recursive: true, force: true });
    }
  };
  try {
    await waitFor('the emulator to answer', () => answers(endpoint, program.ended()), {
      deadlineMs: START_DEADLINE_MS,
    });
  } catch (error) {
    const tail = program.tail();
    await stop();
    throw new Error(`The AWS emulator did not start. Its last output:\n${tail}`, { cause: error });
  }
  return { endpoint, stop };
}

/** Built from nothing: an AWS_ENDPOINT_URL of the caller must not reach the emulator. */
function emulatorEnvironment(venv: string, state: string, port: number): NodeJS.ProcessEnv {
  return {
    PATH: `${join(venv, 'bin')}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    HOME: state,
    TMPDIR: state,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: 'localhost',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    PERSIST_STATE: '0',
    STATE_DIR: join(state, 'state'),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    LOG_LEVEL: 'WARNING',
  };
}

async function answers(endpoint: string, ended: string | undefined): Promise<true | undefined> {
  if (ended !== undefined) throw new NoUseWaiting(`The emulator ended: ${ended}`);
  const response = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(5_000) });
  return response.ok ? true : undefined;
}
