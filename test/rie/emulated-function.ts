import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { freePort } from '../support/ports';
import { startProgram, type Program } from '../support/program';
import { NoUseWaiting, waitFor } from '../support/wait';
import { PYTHON } from '../unit/sandbox/support/environment';
import type { DeployedFunction } from './deployed-function';

const REPOSITORY = path.resolve(__dirname, '../..');
const TASK_ROOT = '/var/task';
const ANSWER_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 10_000;
const NODE_CLIENT = path.join(REPOSITORY, 'node_modules/aws-lambda-ric/index.mjs');
/** AWS's Node client with its native part, a C++ library, replaced; the emulator is what it talks to. */
const NODE_PRELOAD = path.join(REPOSITORY, 'local/lambda/runtime/preload.mjs');

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * One environment of a function under AWS's Runtime Interface Emulator: the package is read-only at /var/task, /tmp is
 * its own, and it sees no process but its own, all as in Lambda.
 */
export class EmulatedFunction {
  readonly #url: string;
  readonly #program: Program;

  private constructor(url: string, program: Program) {
    this.#url = url;
    this.#program = program;
  }

  /** @param extra variables beside the template's own */
  static async start(
    deployed: DeployedFunction,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<EmulatedFunction> {
    const [port, apiPort] = [await freePort(), await freePort()];
    const program = await startProgram({
      command: 'bwrap',
      args: [
        ...view(deployed.folder),
        process.env['NARAE_TEST_RIE'] ?? '',
        ...['--runtime-interface-emulator-address', `127.0.0.1:${port}`],
        ...['--runtime-api-address', `127.0.0.1:${apiPort}`, '--log-level', 'warn'],
        ...commandOf(deployed),
      ],
      cwd: REPOSITORY,
      env: environmentOf(deployed, extra),
    });
    return new EmulatedFunction(`http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`, program);
  }

  /** Waits until the emulator listens, then for the whole answer. */
  async invoke(event: unknown): Promise<Answer> {
    const response = await waitFor('the emulator to listen', async () => {
      const ended = this.#program.ended();
      if (ended !== undefined) throw new NoUseWaiting(`The emulator ended (${ended}): ${this.#program.tail()}`);
      const body = JSON.stringify(event);
      return fetch(this.#url, { method: 'POST', body, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    });
    return { status: response.status, text: await response.text() };
  }

  /** What the emulator and the function printed last. */
  get log(): string {
    return this.#program.tail();
  }

  async stop(): Promise<void> {
    await this.#program.stop(STOP_LIMIT_MS);
  }
}

const view = (folder: string): string[] => [
  ...['--bind', '/', '/', '--tmpfs', '/var', '--ro-bind', folder, TASK_ROOT, '--tmpfs', '/tmp', '--dev', '/dev'],
  ...['--unshare-pid', '--proc', '/proc', '--die-with-parent', '--new-session', '--chdir', TASK_ROOT],
];

/** What the managed runtime's bootstrap would start. */
function commandOf({ runtime, handler, environment }: DeployedFunction): string[] {
  const wrapper = environment['AWS_LAMBDA_EXEC_WRAPPER'];
  if (wrapper !== undefined) return [wrapper, '/var/runtime/bootstrap'];
  if (!runtime.startsWith('nodejs')) throw new Error(`${runtime} is emulated with a wrapper only.`);
  return [process.execPath, '--import', NODE_PRELOAD, NODE_CLIENT, handler];
}

function environmentOf(deployed: DeployedFunction, extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return {
    PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    LAMBDA_TASK_ROOT: TASK_ROOT,
    _HANDLER: deployed.handler,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'of-the-role',
    AWS_SECRET_ACCESS_KEY: 'of-the-role',
    AWS_SESSION_TOKEN: 'of-the-role',
    AWS_LAMBDA_FUNCTION_NAME: deployed.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMb),
    AWS_LAMBDA_FUNCTION_TIMEOUT: String(deployed.timeoutS),
    // Where Lambda's own interpreter is not.
    NARAE_PYTHON: realPython(),
    ...deployed.environment,
    ...extra,
  };
}

/** Version managers put programs on the PATH that look for the real one in places that the function does not see. */
const realPython = (): string =>
  execFileSync(PYTHON, ['-c', 'import os, sys; print(os.path.realpath(sys.executable))'], { encoding: 'utf8' }).trim();
