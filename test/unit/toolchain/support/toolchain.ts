import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { listen } from '../../../../local/process/listen';
import { toolchainPackage } from '../../../../lib/bundle/toolchain';
import { establishIsolation, type Isolation } from '../../../../local/isolation/isolation';
import { within } from '../../../support/wait';

const NEXT = '/2018-06-01/runtime/invocation/next';
const ANSWER = /^\/2018-06-01\/runtime\/invocation\/(\d+)\/(response|error)$/;
const ANSWER_DEADLINE_MS = 240_000;
const STOP_DEADLINE_MS = 10_000;

/** One environment of the toolchain function, isolated as on a laptop, and the Runtime API it takes orders from. */
export class Toolchain {
  readonly #server: Server;
  readonly #child: ChildProcess;

  /** What it printed. */
  log = '';
  readonly #waiting: { readonly order: object; readonly promise: PromiseWithResolvers<unknown> }[] = [];
  readonly #running = new Map<string, PromiseWithResolvers<unknown>>();
  #poll: ServerResponse | undefined;
  #count = 0;

  private constructor(
    readonly isolation: Isolation,
    readonly temporary: string,
    server: Server,
    child: ChildProcess,
  ) {
    this.#server = server;
    this.#child = child;
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Toolchain> {
    const taskRoot = toolchainPackage('local');
    const temporary = mkdtempSync(path.join(tmpdir(), 'narae-toolchain-'));
    const dir = path.join(temporary, 'isolation');
    const isolation = await establishIsolation({
      environment: process.env,
      nodePath: process.execPath,
      network: 'none',
      dir,
    });
    const server = createServer();
    const port = await listen(server);
    const child = spawn(path.join(taskRoot, 'serve'), [], {
      cwd: temporary,
      env: {
        PATH: process.env['PATH'],
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        LAMBDA_TASK_ROOT: taskRoot,
        TMPDIR: temporary,
        AWS_SECRET_ACCESS_KEY: 'of-the-role',
        ...isolation.environment(taskRoot),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const toolchain = new Toolchain(isolation, temporary, server, child);
    for (const output of [child.stdout, child.stderr])
      output.on('data', (bytes: Buffer) => (toolchain.log += bytes.toString()));
    server.on('request', (request, response) => {
      if (request.url === NEXT) toolchain.#polled(response);
      else void json(request).then((answer) => toolchain.#answered(request.url ?? '', answer, response));
    });
    return toolchain;
  }

  /** @throws Error with type and message of a failed invocation */
  ask(order: object): Promise<unknown> {
    const promise = Promise.withResolvers<unknown>();
    this.#waiting.push({ order, promise });
    this.#handOver();
    return within('an answer of the toolchain', ANSWER_DEADLINE_MS, promise.promise);
  }

  /** Names of what lies in its temporary folder. */
  left(): string[] {
    return readdirSync(this.temporary).filter((name) => name !== 'isolation');
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await within('the toolchain to end', STOP_DEADLINE_MS, ended);
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.temporary, { recursive: true, force: true });
  }

  #polled(response: ServerResponse): void {
    this.#poll = response;
    this.#handOver();
  }

  #handOver(): void {
    if (!this.#poll) return;
    const next = this.#waiting.shift();
    if (!next) return;
    const id = String((this.#count += 1));
    this.#running.set(id, next.promise);
    this.#poll.writeHead(200, { 'Lambda-Runtime-Aws-Request-Id': id }).end(JSON.stringify(next.order));
    this.#poll = undefined;
  }

  #answered(url: string, answer: unknown, response: ServerResponse): void {
    const [, id = '', kind] = ANSWER.exec(url) ?? [];
    const promise = this.#running.get(id);
    if (kind === 'response') promise?.resolve(answer);
    else promise?.reject(new Error(JSON.stringify(answer)));
    response.writeHead(202).end();
  }
}
