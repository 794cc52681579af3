import * as z from 'zod';
import { get, post, read } from '../../support/api';
import { freshPath } from '../../support/callbacks';
import { isOver, record, type Request } from '../../support/invocations';
import { Accepted } from '../../support/shapes';
import { NoUseWaiting, waitFor } from '../../support/wait';

/** Runs that the suite starts. */

const MAX_NAMES = 5_000;

export interface RunOptions {
  readonly language?: 'python' | 'node';
  /** `run_<number>` tells runs apart where their faults are planned. */
  readonly handler?: `run_${number}`;
  /** Pauses of the user's code, milliseconds; each is followed by a line. */
  readonly pausesMs?: readonly number[];
  readonly timeoutMs?: number;
  readonly line?: string;
  readonly resultBytes?: number;
}

/** Code that says when it starts, prints after each pause, and answers; under its name, and under `run_0`, `run_1`, ... */
const PYTHON = `import time
def handler(event):
    print("started")
    for number, pause in enumerate(event["pausesMs"]):
        time.sleep(pause / 1000)
        print(number, event["line"])
    return "r" * event["resultBytes"]
for number in range(${MAX_NAMES}):
    globals()[f"run_{number}"] = handler
`;
const NODE = `exports.handler = async (event) => {
  console.log("started");
  for (const [number, pause] of event.pausesMs.entries()) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    console.log(number, event.line);
  }
  return "r".repeat(event.resultBytes);
};
for (let number = 0; number < ${MAX_NAMES}; number += 1) exports["run_" + number] = exports.handler;
`;

export function requestFor(options: RunOptions = {}): Request {
  const { language = 'python', handler = 'handler', pausesMs = [], timeoutMs = 5_000 } = options;
  return {
    code: language === 'python' ? PYTHON : NODE,
    runtime: language,
    handler: `${language === 'python' ? 'main' : 'index'}.${handler}`,
    payload: { pausesMs, line: options.line ?? 'a line', resultBytes: options.resultBytes ?? 20 },
    timeoutMs,
  };
}

/** A busy machine may have no room for a request: it is sent again, as the answer asks for. */
const ACCEPTED_WITHIN_MS = 60_000;

/** @returns the id. Throws if the run is not accepted */
export function startRun(request: Request): Promise<string> {
  const once = async (): Promise<string | undefined> => {
    const answer = await post('/invocations', request);
    if (answer.status === 503 || answer.status === 429) return undefined;
    if (answer.status !== 202) throw new NoUseWaiting(`${answer.status} of /invocations: ${answer.text}`);
    return read(answer, 202, Accepted).invocationId;
  };
  return waitFor('a run to be accepted', once, { deadlineMs: ACCEPTED_WITHIN_MS, everyMs: 1_000 });
}

/** @returns the id; undefined if the run was refused for lack of capacity or of a store, or if there was no answer */
export async function tryToStart(request: Request): Promise<string | undefined> {
  const answer = await post('/invocations', request).catch(() => undefined);
  if (answer === undefined || answer.status >= 500 || answer.status === 429) return undefined;
  return read(answer, 202, Accepted).invocationId;
}

/**
 * Does something for each of so many numbers, at most `width` at a time; nothing more once one has failed.
 * @returns what came of each, in order
 */
export async function inParallel<T>(count: number, width: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results = new Map<number, T>();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      try {
        results.set(index, await work(index));
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
  return [...results.entries()].sort(([a], [b]) => a - b).map(([, result]) => result);
}

/** A run whose code has begun, and goes on for half a minute. */
export async function startedRun(options: { language: 'python' | 'node'; timeoutMs: number }): Promise<string> {
  const id = await startRun(requestFor({ ...options, pausesMs: [30_000] }));
  await waitFor('the code to begin', async () => {
    const { status } = await record(id);
    if (isOver({ status })) throw new Error(`It is over: ${status}`);
    return status === 'EXECUTING' ? true : undefined;
  });
  return id;
}

/** Calls a stored function; its caller waits. @returns the id of the run, which the function's log has */
export async function calledFunction(): Promise<string> {
  const code = Buffer.from('def handler(event):\n    return 1\n').toString('base64');
  const made = await post('/api/workspaces/ws-default/functions', { name: freshPath('fn'), code });
  const { id } = read(made, 201, z.looseObject({ id: z.string() }));
  const place = `/api/workspaces/ws-default/functions/${id}`;
  await post(`${place}/invoke`, {});
  const Log = z.looseObject({ logs: z.array(z.looseObject({ id: z.string() })) });
  return waitFor('the run in the function’s log', async () => read(await get(`${place}/logs`), 200, Log).logs[0]?.id);
}
