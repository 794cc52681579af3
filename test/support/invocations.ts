import { get, post, read, type Sent, type Target } from './api';
import { Accepted, EventPage, Invocation, type Event } from './shapes';
import { waitFor } from './wait';

/** A request as a caller writes it; tests of bad input send other things with `post`. */
export interface Request {
  readonly code: string;
  readonly runtime: string;
  readonly handler?: string;
  readonly payload?: unknown;
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a run may take on a busy machine before a test gives up, ms. */
const RUN_DEADLINE_MS = 90_000;

export async function start(request: Request, sent?: Sent): Promise<Accepted> {
  return read(await post('/invocations', request, sent), 202, Accepted);
}

export async function record(id: string, to?: Target): Promise<Invocation> {
  return read(await get(`/invocations/${id}`, to && { to }), 200, Invocation);
}

export async function cancel(id: string): Promise<Invocation> {
  return read(await post(`/invocations/${id}/cancel`), 200, Invocation);
}

export const isOver = ({ status }: Pick<Invocation, 'status'>): boolean =>
  status === 'COMPLETED' || status === 'FAILED';

/** The record of a run once it is over. */
export function finished(id: string): Promise<Invocation> {
  return waitFor(
    `${id} to end`,
    async () => {
      const current = await record(id);
      return isOver(current) ? current : undefined;
    },
    { deadlineMs: RUN_DEADLINE_MS, everyMs: 100 },
  );
}

/** Runs to the end. */
export async function run(request: Request): Promise<Invocation> {
  return finished((await start(request)).invocationId);
}

/** The record of a run that must have completed. Throws with what went wrong when it has not. */
export async function completed(
  request: Request,
): Promise<Invocation & { result: { statusCode: number; body: string } }> {
  const { result, ...rest } = await run(request);
  if (result === null) throw new Error(`The run failed: ${rest.errorType ?? ''} ${rest.errorMessage ?? ''}`);
  return { ...rest, result };
}

/** What the handler returned, when it returned anything but a response object. */
export async function valueOf(request: Request): Promise<unknown> {
  const { result } = await completed(request);
  return JSON.parse(result.body) as unknown;
}

/** All events of a run so far, page by page. */
export async function eventsOf(id: string): Promise<Event[]> {
  const events: Event[] = [];
  for (let after = 0; ;) {
    const page = read(await get(`/invocations/${id}/events?after=${after}&limit=1000`), 200, EventPage);
    events.push(...page.events);
    if (page.complete || page.events.length === 0) return events;
    after = page.nextAfter;
  }
}

export interface LogLine {
  readonly line: string;
  readonly stream: 'stdout' | 'stderr';
  readonly truncated: boolean;
}

export function logLines(events: readonly Event[]): LogLine[] {
  return events.flatMap(({ data }) =>
    data.type === 'LOG'
      ? [{ line: data.line, stream: data.payload.stream, truncated: data.payload.truncated ?? false }]
      : [],
  );
}

/** Log lines of a run that is over, without saying which stream they came on. */
export async function linesOf(id: string): Promise<string[]> {
  return logLines(await eventsOf(id)).map(({ line }) => line);
}

/** Waits until a run has written this line. */
export function hasLogged(id: string, wanted: string): Promise<Event[]> {
  return waitFor(
    `${id} to log '${wanted}'`,
    async () => {
      const events = await eventsOf(id);
      return logLines(events).some(({ line }) => line === wanted) ? events : undefined;
    },
    { deadlineMs: RUN_DEADLINE_MS, everyMs: 100 },
  );
}
