import { get, post, type Target } from '../../support/api';
import { isOver, record } from '../../support/invocations';
import { waitFor } from '../../support/wait';
import type { Random } from '../../support/random';
import { requestFor } from './runs';

/** What callers of the public API are told is done, and whether it still is later. */

const WRITERS = 4;
/** A run that lost its worker ends when the reaper or a reader finds it overdue: 200 s after its last claim at most. */
const ENDS_WITHIN_MS = 300_000;
const JOB = 'print("a job")\n';
const CALLBACK = 'def lambda_handler(event, context):\n    return event\n';

interface Kept {
  readonly path: string;
  /** Text that the answer holds: uploaded code. */
  readonly holds: string;
}

/** Calls of writers that go on until the system is killed. */
export interface PublicLoad {
  /** Resolves when so many calls have been acknowledged since the load began, or no writer is left. */
  reached(answers: number): Promise<void>;
  /** Resolves when every writer has met a connection that broke. */
  ended(): Promise<void>;
}

export class Acknowledged {
  readonly #kept: Kept[] = [];
  readonly #runs: string[] = [];
  #answered = 0;
  #next = 0;

  get count(): number {
    return this.#answered;
  }

  work(to: Target, random: Random): PublicLoad {
    const begin = this.#answered;
    const waiting: { readonly at: number; readonly resolve: () => void }[] = [];
    const writer = async () => {
      for (;;) {
        if (!(await this.#write(to, random))) return;
        for (const { at, resolve } of waiting) if (this.#answered >= at) resolve();
      }
    };
    const ended = Promise.all(Array.from({ length: WRITERS }, writer)).then(() => undefined);
    return {
      reached: (answers) =>
        Promise.race([ended, new Promise<void>((resolve) => waiting.push({ at: begin + answers, resolve }))]),
      ended: () => ended,
    };
  }

  /** @returns false where the system is gone */
  async #write(to: Target, random: Random): Promise<boolean> {
    const name = `n${(this.#next += 1)}`;
    const [path, body] = callOf(random.whole(0, 3), name, random);
    const answer = await post(path, body, { to }).catch(() => undefined);
    if (answer === undefined) return false;
    // Refused for lack of room, or because a part was gone already: nothing was promised.
    if (answer.status === 429 || answer.status >= 500) return true;
    if (answer.status >= 300) throw new Error(`${answer.status} of ${path}: ${answer.text}`);
    this.#remember(path, JSON.parse(answer.text), name);
    this.#answered += 1;
    return true;
  }

  #remember(path: string, answer: unknown, name: string): void {
    const field = (key: string): string => {
      const value =
        typeof answer === 'object' && answer !== null ? Object.entries(answer).find(([k]) => k === key) : null;
      if (!value) throw new Error(`No ${key} in the answer of ${path}`);
      return String(value[1]);
    };
    if (path === '/invocations') this.#runs.push(field('invocationId'));
    else if (path === '/api/upload')
      this.#kept.push({ path: `/api/status/${field('job_id')}`, holds: field('job_id') });
    else if (path === '/callbacks/') this.#kept.push({ path: `/callbacks/${field('callback_id')}`, holds: name });
    else this.#kept.push({ path: `${path}/${field('id')}`, holds: name });
  }

  /** What was acknowledged and is not there, or has not come to an end. */
  async missing(to: Target): Promise<string[]> {
    const missing: string[] = [];
    for (const { path, holds } of this.#kept) {
      const answer = await get(path, { to });
      if (answer.status !== 200 || !answer.text.includes(holds)) missing.push(`${answer.status} of ${path}`);
    }
    for (const id of this.#runs.splice(0)) {
      const ended = await waitFor(
        `${id} to end`,
        async () => {
          const run = await record(id, to);
          return isOver(run) ? run : undefined;
        },
        { deadlineMs: ENDS_WITHIN_MS, everyMs: 250 },
      ).catch((error: unknown) => `${id}: ${String(error)}: ${error instanceof Error ? String(error.cause) : ''}`);
      if (typeof ended === 'string') missing.push(ended);
      else if (ended.status === 'FAILED' && ended.errorType !== 'PLATFORM_ERROR')
        missing.push(`${id} failed: ${ended.errorType ?? ''}`);
    }
    return missing;
  }
}

function callOf(kind: number, name: string, random: Random): [path: string, body: unknown] {
  if (kind === 0) return ['/api/workspaces/ws-default/functions', functionNamed(name)];
  if (kind === 1) return ['/api/upload', { code: `${JOB}# ${name}\n`, language: 'python' }];
  if (kind === 2) return ['/callbacks/', { path: name, method: 'GET', type: 'python', code: `${CALLBACK}# ${name}\n` }];
  return ['/invocations', requestFor({ pausesMs: [random.whole(0, 800)] })];
}

const functionNamed = (name: string) => ({
  name,
  runtime: 'python',
  code: Buffer.from(`def handler(event):\n    return "${name}"\n`).toString('base64'),
});
