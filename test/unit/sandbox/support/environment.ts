import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { within } from '../../../support/wait';
import type { FrameStream } from './frame-stream';
import { protocolEvent, type Order } from './order';
import { RuntimeApi } from './runtime-api';

export type Language = 'python' | 'node';

const REPOSITORY = path.resolve(__dirname, '../../../..');
export const TASK_ROOTS = {
  python: path.join(REPOSITORY, 'lambdas/sandbox/python'),
  node: path.join(REPOSITORY, 'lambdas/sandbox/node'),
};
const STOP_DEADLINE_MS = 10_000;

/** The interpreter that the Python sandbox runs with; NARAE_TEST_PYTHON names another one. */
export const PYTHON = findPython();

/** The Node that the Node sandbox runs with; NARAE_TEST_NODE names another one. */
const NODE = process.env['NARAE_TEST_NODE'] ?? process.execPath;

export interface EnvironmentOptions {
  /** Isolation in front of the child's command. */
  readonly launcher?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Put in front of the supervisor's own command. */
  readonly wrapper?: readonly string[];
  /** Where the supervisor finds its files, if not in the repository. */
  readonly taskRoot?: string;
}

/** One execution environment: a real supervisor, as Lambda starts it, and the Runtime API it talks to. */
export class SandboxEnvironment {
  readonly #exited: Promise<void>;

  /** What the supervisor and its runtime printed: in Lambda, the function's own log. */
  log = '';

  private constructor(
    readonly language: Language,
    readonly process: ChildProcess,
    readonly api: RuntimeApi,
    /** The supervisor's temporary folder: holds the scratch folders. */
    readonly temporary: string,
    exited: Promise<void>,
  ) {
    this.#exited = exited;
  }

  static async start(language: Language, options: EnvironmentOptions = {}): Promise<SandboxEnvironment> {
    const api = await RuntimeApi.listen();
    const temporary = mkdtempSync(path.join(tmpdir(), 'narae-test-'));
    mkdirSync(temporary, { recursive: true });
    const taskRoot = options.taskRoot ?? TASK_ROOTS[language];
    const [program = '', ...args] = [...(options.wrapper ?? []), ...command(language, taskRoot)];
    const child = spawn(program, args, {
      cwd: temporary,
      env: {
        PATH: process.env['PATH'],
        AWS_LAMBDA_RUNTIME_API: api.address,
        LAMBDA_TASK_ROOT: taskRoot,
        _HANDLER: 'supervisor.handler',
        TMPDIR: temporary,
        AWS_REGION: 'us-east-1',
        AWS_LAMBDA_FUNCTION_NAME: 'sandbox',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1536',
        AWS_LAMBDA_LOG_GROUP_NAME: 'sandbox',
        AWS_LAMBDA_LOG_STREAM_NAME: 'sandbox',
        NARAE_PYTHON: PYTHON,
        SUPERVISOR_SECRET: 'only-for-the-supervisor',
        ...(options.launcher && { NARAE_CHILD_LAUNCHER: JSON.stringify(options.launcher) }),
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const environment = new SandboxEnvironment(language, child, api, temporary, exited);
    for (const output of [child.stdout, child.stderr])
      output.on('data', (bytes: Buffer) => (environment.log += bytes.toString()));
    child.once('exit', (code, signal) =>
      api.lose(`The supervisor ended (${code ?? signal ?? ''}): ${environment.log.slice(-2000)}`),
    );
    return environment;
  }

  /** Starts a run; the frames come as the supervisor sends them. */
  begin(order: Order): Promise<FrameStream> {
    return this.beginRaw(JSON.stringify(protocolEvent(order)));
  }

  beginRaw(payload: string | Buffer): Promise<FrameStream> {
    return this.api.invoke(payload);
  }

  /** Runs to the end of the stream. */
  async run(order: Order): Promise<FrameStream> {
    return (await this.begin(order)).ended();
  }

  /** Names of the scratch folders that are there. */
  scratchFolders(): string[] {
    return readdirSync(this.temporary).filter((name) => name.startsWith('narae-'));
  }

  /** Waits for the supervisor's own end. */
  gone(): Promise<void> {
    return within('the supervisor to end', STOP_DEADLINE_MS, this.#exited);
  }

  async stop(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.gone();
    this.api.close();
    rmSync(this.temporary, { recursive: true, force: true });
  }
}

function command(language: Language, taskRoot: string): string[] {
  if (language === 'python') return [path.join(taskRoot, 'supervise')];
  // AWS's own runtime client, with its native part replaced (local/lambda/runtime/preload.mjs).
  const preload = path.join(REPOSITORY, 'local/lambda/runtime/preload.mjs');
  const client = path.join(REPOSITORY, 'node_modules/aws-lambda-ric/index.mjs');
  return [NODE, '--import', preload, client, 'supervisor.handler'];
}

function findPython(): string {
  const name = process.env['NARAE_TEST_PYTHON'] ?? 'python3';
  const found = spawnSync(name, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  if (found.status !== 0) throw new Error(`${name} can't be run: ${found.stderr}`);
  return found.stdout.trim();
}
