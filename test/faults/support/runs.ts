import { post, read } from '../../support/api';
import type { Request } from '../../support/invocations';
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
