import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { awsEnvironment } from '../aws';
import { describeEnd, startProgram, type Program } from '../process/program';
import { waitUntil } from '../process/wait';
import { predecessorEnded, rememberEmulator } from './predecessor';

export interface EmulatorOptions {
  /** The repository: its virtual environment and node_modules are used. */
  readonly root: string;
  /** Where the emulator keeps its state between starts. */
  readonly stateDir: string;
  readonly logFile: string;
  readonly port: number;
  /** State is written this often while something changes, seconds; 0 for at the end only. */
  readonly snapshotSeconds: number;
  /** False: nothing is kept before the answer, only at a clean stop; what benchmarks compare with. */
  readonly journal?: boolean;
}

/** A running AWS emulator. */
export interface Emulator {
  /** e.g. `http://127.0.0.1:20123`: endpoint of every AWS service. */
  readonly endpoint: string;
  readonly program: Program;
  /** Stops it and waits until its state is written. @returns false where it had to be killed: state may be lost. */
  stop(): Promise<boolean>;
}

const START_TIME_LIMIT_MS = 60_000;
/** Long enough to write a large state on a slow disk. */
const STOP_TIME_LIMIT_MS = 60_000;

/** The Python environment that setup made for the emulator. */
export const venvOf = (root: string): string => process.env['NARAE_PYTHON_VENV'] ?? path.join(root, '.narae', 'venv');

/** Starts MiniStack on loopback. Throws with its last output where it does not answer within a minute. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const endpoint = `http://127.0.0.1:${options.port}`;
  await mkdir(options.stateDir, { recursive: true });
  await predecessorEnded(options.stateDir);
  const venv = venvOf(options.root);
  const program = await startProgram({
    name: 'AWS emulator',
    command: [path.join(venv, 'bin', 'python'), path.join(options.root, 'local', 'emulator', 'serve.py')],
    cwd: options.stateDir,
    env: emulatorEnvironment(options),
    logFile: options.logFile,
  });
  await rememberEmulator(options.stateDir, program.pid);
  const stop = () => program.stop(STOP_TIME_LIMIT_MS);
  let end: string | undefined;
  void program.ended.then((how) => (end = describeEnd(how)));
  const answered = await waitUntil(() => end !== undefined || isReady(endpoint), START_TIME_LIMIT_MS);
  if (end !== undefined) throw new Error(`The AWS emulator ended (${end}):\n${program.tail()}`);
  if (!answered) {
    await stop();
    throw new Error(`The AWS emulator did not answer within ${START_TIME_LIMIT_MS / 1000} s:\n${program.tail()}`);
  }
  return { endpoint, program, stop };
}

function emulatorEnvironment({
  root,
  stateDir,
  port,
  snapshotSeconds,
  journal = true,
}: EmulatorOptions): NodeJS.ProcessEnv {
  return {
    ...awsEnvironment(process.env),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    PERSIST_STATE: '1',
    STATE_DIR: stateDir,
    S3_PERSIST: '1',
    S3_DATA_DIR: path.join(stateDir, 's3'),
    LOG_LEVEL: 'INFO',
    // Every forwarded invoke counts here; how many really run at once is for the Lambda service to say.
    LAMBDA_ACCOUNT_CONCURRENCY: '1000',
    // Custom resources written for Node find the AWS SDK here, as on Lambda.
    NODE_PATH: path.join(root, 'node_modules'),
    NARAE_SNAPSHOT_SECONDS: String(snapshotSeconds),
    NARAE_JOURNAL: journal ? 'on' : 'off',
    NARAE_PARENT_PID: String(process.pid),
    PYTHONUNBUFFERED: '1',
  };
}

async function isReady(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(`${endpoint}/_ministack/ready`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
