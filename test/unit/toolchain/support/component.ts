import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { localPython, pipPackages } from '../../../../lib/bundle/pinned';
import { findPython } from '../../../../local/runtimes/python/interpreter';
import { within } from '../../../support/wait';

const RUNNER = path.join(__dirname, 'run_component.py');
const COMPILE_DEADLINE_MS = 240_000;
const ANSWER_DEADLINE_MS = 30_000;

const Answer = z.object({ statusCode: z.number(), headers: z.record(z.string(), z.string()), bodyBase64: z.string() });

export interface ComponentRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A component in wasmtime, which nobody here wrote. */
export class RunningComponent {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /** What it printed. */
  log = '';

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  static async start(file: string): Promise<RunningComponent> {
    const packages = pipPackages(path.join(__dirname, 'wasmtime'), localPython());
    const python = await findPython(process.env);
    const child = spawn(python.path, ['-I', '-B', RUNNER, packages, file], { stdio: ['pipe', 'pipe', 'pipe'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const component = new RunningComponent(child, lines);
    child.stderr.on('data', (bytes: Buffer) => (component.log += bytes.toString()));
    await component.#line('the component to be compiled', COMPILE_DEADLINE_MS);
    return component;
  }

  /** @param settings what the deployment says: environment and context */
  async ask({ body, ...rest }: ComponentRequest, settings: object) {
    const request = { ...rest, bodyBase64: Buffer.from(body).toString('base64') };
    this.#child.stdin?.write(`${JSON.stringify({ settings, request })}\n`);
    const { bodyBase64, ...answer } = Answer.parse(JSON.parse(await this.#line('an answer', ANSWER_DEADLINE_MS)));
    return { ...answer, body: Buffer.from(bodyBase64, 'base64') };
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  async #line(what: string, deadlineMs: number): Promise<string> {
    const next = await within(what, deadlineMs, this.#lines.next());
    if (next.done === true) throw new Error(`The component's host ended: ${this.log.slice(-2000)}`);
    return next.value;
  }
}
