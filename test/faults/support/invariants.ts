import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Run } from '../../../lambdas/engine/run/run';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { clientConfig } from '../../../local/aws';
import { output } from '../../../local/deploy/stacks';
import { get } from '../../support/api';
import { RawStream } from '../../support/raw-sse';
import { eventsOf, isOver, record } from '../../support/invocations';
import type { Event, Invocation } from '../../support/shapes';
import { waitFor } from '../../support/wait';
import type { FaultSystem } from './fault-system';
import { inParallel } from './runs';

/**
 * What holds whatever fails: a run that was accepted ends once, its log has no gap and no duplicate, its stream is its
 * log, and its code is started at most once (docs/contracts/invocations.md#events, #semantics).
 */

/** A claimed run that lost its three workers ends after 200 s (`DEADLINES.claimedMs`), and a reader ends it then. */
const ENDS_WITHIN_MS = 300_000;
/** A lost worker leads to the end no later than this after the time-out (docs/contracts/invocations.md#time). */
const LOST_ENDS_WITHIN_MS = 60_000;

/** Waits for the end of each run and checks all that must hold of it. @returns the records */
export function checkRuns(system: FaultSystem, ids: readonly string[], reaperAwayMs = 0): Promise<Invocation[]> {
  expect(new Set(ids).size).toBe(ids.length);
  return inParallel(ids.length, 4, (index) => checkRun(system, ids[index] ?? '', reaperAwayMs));
}

async function checkRun(system: FaultSystem, id: string, reaperAwayMs: number): Promise<Invocation> {
  const ended = await waitFor(
    `${id} to end`,
    async () => {
      const current = await record(id);
      return isOver(current) ? current : undefined;
    },
    { deadlineMs: ENDS_WITHIN_MS, everyMs: 250 },
  );
  const events = await eventsOf(id);
  try {
    checkLog(ended, events);
    checkEnd(ended, reaperAwayMs);
    expect(await streamText(id)).toBe(await logText(id));
    // The same again: a record that is over never changes.
    expect(await record(id)).toEqual(ended);
    expect(system.lambda.startsOf(id)).toBeLessThanOrEqual(1);
    if (ended.status === 'COMPLETED') expect(system.lambda.startsOf(id)).toBe(1);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\n${id}: ${JSON.stringify(ended)}`, { cause: error });
  }
  return ended;
}

const STEPS = ['REQUEST_RECEIVED', 'CODE_FETCHING', 'SANDBOX_PREPARING', 'EXECUTING'];

function checkLog(ended: Invocation, events: readonly Event[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(ended.lastSeq).toBe(events.length);
  expect(events.filter(({ event }) => event === 'COMPLETE')).toHaveLength(1);
  const last = events.at(-1)?.data;
  expect(last).toMatchObject({ type: 'COMPLETE', status: ended.status });
  const statuses = events.flatMap(({ data }) => (data.type === 'STATUS' ? [data.status] : []));
  const steps = statuses.slice(0, -1);
  expect(statuses.at(-1)).toBe(ended.status);
  expect(steps).toEqual(STEPS.slice(0, steps.length));
  if (ended.status === 'COMPLETED') expect(steps).toEqual(STEPS);
  expect(events.filter(({ data }) => data.type === 'LOG' && data.line === 'started').length).toBeLessThanOrEqual(1);
}

/** The platform keeps the deadline, whoever is lost. */
function checkEnd({ startedAt, finishedAt, timeoutMs }: Invocation, reaperAwayMs: number): void {
  if (startedAt === null || finishedAt === null) return;
  const tookMs = Date.parse(finishedAt) - Date.parse(startedAt);
  expect(tookMs).toBeLessThanOrEqual(timeoutMs + LOST_ENDS_WITHIN_MS + reaperAwayMs);
}

/** The whole stream of a run that is over, without its first line and heartbeats. */
async function streamText(id: string): Promise<string> {
  const stream = new RawStream(`/stream/invocations/${id}`);
  await stream.toTheEnd();
  return eventText(stream.body);
}

/** What of a stream's bytes is events. */
export const eventText = (body: string): string => body.replace(/^retry: 2000\n\n/, '').replace(/^:\n\n/gm, '');

/**
 * The log of a run, as JSON pages give it, in the form of a stream (docs/contracts/invocations.md#events). The pages
 * are not read through
 * the tests' shapes: what these drop or put in another order would go unseen.
 */
export async function logText(id: string): Promise<string> {
  let text = '';
  for (let after = 0; ;) {
    const answer = await get(`/invocations/${id}/events?after=${after}&limit=1000`);
    const page = JSON.parse(answer.text) as {
      events: { seq: number; event: string; data: unknown }[];
      nextAfter: number;
      complete: boolean;
    };
    for (const { seq, event, data } of page.events) {
      text += `id: ${seq}\nevent: ${event}\ndata: ${escapeSeparators(JSON.stringify(data))}\n\n`;
    }
    if (page.complete || page.events.length === 0) return text;
    after = page.nextAfter;
  }
}

const escapeSeparators = (json: string): string => json.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029');

/** The reaper comes once a minute. */
const REAPED_WITHIN_MS = 90_000;

/** No run at all, of those that nobody was told of as well, is open past its deadline. */
export async function checkNothingOverdue(system: FaultSystem): Promise<void> {
  expect(await overdue(system, Date.now() - REAPED_WITHIN_MS)).toEqual([]);
}

/** Waits until no code runs and nothing lost is left to be ended. */
export async function untilNothingExecutes(system: FaultSystem): Promise<void> {
  await waitFor(
    'all code to end',
    async () => ((await overdue(system, Infinity)).some(({ status }) => status === 'EXECUTING') ? undefined : true),
    { deadlineMs: REAPED_WITHIN_MS, everyMs: 250 },
  );
}

async function overdue({ awsEndpoint, outputs }: FaultSystem, at: number): Promise<Run[]> {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(awsEndpoint)));
  try {
    return await new RunIndex(db, output(outputs, 'data', 'RunsTableName')).overdue(at);
  } finally {
    db.destroy();
  }
}
