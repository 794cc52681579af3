import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { OpenRuns } from '../../../lambdas/decisions/store/open-runs';
import { clientConfig } from '../../../local/aws';
import { output } from '../../../local/deploy/stacks';
import { get, post, read } from '../../support/api';
import { AS_USER, dataOf, eventsIn, openRun, ROWS, rows, type Submitted, type Told } from '../../support/decisions';
import type { RawStream } from '../../support/raw-sse';
import { waitFor } from '../../support/wait';
import type { FaultSystem } from './fault-system';

/**
 * What holds of a decision whatever fails: an iteration is executed once and has one end, its ids have no gap, who comes later
 * sees what those saw who were there, and a run that was lost goes on by feedback (docs/contracts/decisions.md#state-machines).
 */

const LAST = ['decision_card.assigned', 'error'];
/** The decider's schedule comes once a minute. */
const LOOKED_AFTER_WITHIN_MS = 150_000;
const HEARTBEATS = /^: hb\n\n/gm;

/** Somebody who follows a run from its beginning. */
export class DecisionViewer {
  readonly #stream: RawStream;

  constructor(readonly submitted: Submitted) {
    this.#stream = openRun(submitted.run_id);
  }

  /** Whether an iteration's last event was seen. */
  get isOver(): boolean {
    return /^event: (?:decision_card\.assigned|error)$/m.test(this.#stream.body);
  }

  /** All that was sent, to the end by the server. */
  text(): Promise<string> {
    return this.#stream.text();
  }
}

const Entry = z.object({ event_type: z.string(), detail: z.record(z.string(), z.unknown()).nullable() });
type Entry = z.output<typeof Entry>;
const Card = z.object({ run_id: z.string(), execution_path: z.string(), approved_by: z.string().nullable() });

/** @returns how its first iteration ended */
export async function checkDecision(system: FaultSystem, viewer: DecisionViewer): Promise<'COMPLETED' | 'FAILED'> {
  const { run_id: runId } = viewer.submitted;
  const seen = withoutHeartbeats(await viewer.text());
  const events = eventsIn(seen);
  try {
    checkIteration(events, 1);
    expect(withoutHeartbeats(await openRun(runId).text())).toBe(seen);
    await untilLookedAfter(system, runId);
    const end = dataOfEnd(events) ? 'FAILED' : 'COMPLETED';
    await checkAudit(runId, [end]);
    if (end === 'COMPLETED') await checkCard(events, runId);
    else await goOn(system, runId, events);
    return end;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\n${runId}: ${JSON.stringify(events.map(({ id, event }) => [id, event]))}`, {
      cause: error,
    });
  }
}

const withoutHeartbeats = (text: string): string => text.replace(HEARTBEATS, '');

const dataOfEnd = (events: readonly Told[]): Told['data'] | undefined =>
  events.find(({ event }) => event === 'error')?.data;

/** Ids without a gap, rows in their order as far as they come, one end, which is the last event. */
function checkIteration(events: readonly Told[], firstId: number): void {
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => firstId + index));
  expect(events.filter(({ event }) => LAST.includes(event))).toEqual(events.slice(-1));
  const failure = dataOfEnd(events);
  const steps = rows(events);
  if (failure) expect(failure).toMatchObject({ recoverable: true });
  expect(failure ? steps.slice(0, -1) : steps).toEqual(failure ? ROWS.slice(0, steps.length - 1) : ROWS);
}

/** Each iteration was begun once and ended once, in the audit log as in the stream. */
async function checkAudit(runId: string, ends: readonly ('COMPLETED' | 'FAILED')[]): Promise<void> {
  const answer = await get(`/api/audit/runs/${runId}/timeline`, { headers: AS_USER });
  const types = read(answer, 200, z.array(Entry)).map(({ event_type: type }: Entry) => type);
  const marks = types.filter((type) => /^RUN_(STARTED|COMPLETED|FAILED)$/.test(type));
  expect(marks.filter((type) => type !== 'RUN_STARTED')).toEqual(ends.map((end) => `RUN_${end}`));
  expect(marks.filter((type) => type === 'RUN_STARTED')).toHaveLength(ends.length);
}

async function checkCard(events: readonly Told[], runId: string): Promise<void> {
  const address = `/api/decisions/${String(dataOf(events, 'decision_card.assigned')['card_id'])}`;
  const card = read(await get(address, { headers: AS_USER }), 200, Card);
  expect(card.run_id).toBe(runId);
  if (card.execution_path === 'AUTO_APPROVE') expect(card.approved_by).toBe('system');
}

/** The submitter of a lost run sends feedback, and the next iteration goes to its card. */
async function goOn(system: FaultSystem, runId: string, before: readonly Told[]): Promise<void> {
  const last = before.at(-1)?.id ?? 0;
  const sent = await post(`/api/decisions/runs/${runId}/feedback`, { feedback: 'Try again' }, { headers: AS_USER });
  expect([sent.status, sent.text]).toEqual([200, expect.stringContaining('"status":"PROCESSING"')]);
  const after = eventsIn(await openRun(runId).text());
  checkIteration(after, last + 1);
  await untilLookedAfter(system, runId);
  await checkAudit(runId, ['FAILED', 'COMPLETED']);
  await checkCard(after, runId);
  const whole = eventsIn(await openRun(runId, { ...AS_USER, 'Last-Event-ID': '0' }).text());
  expect(whole).toEqual([...before, ...after]);
}

/** Waits until the run is in no list of open ones: whatever it was that nobody had done yet is done then. */
async function untilLookedAfter({ awsEndpoint, outputs }: FaultSystem, runId: string): Promise<void> {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(awsEndpoint)));
  const openRuns = new OpenRuns(db, output(outputs, 'data', 'EntitiesTableName'));
  const isOpen = async (): Promise<boolean> => {
    for await (const page of openRuns.all()) if (page.some(({ base }) => runId.endsWith(base))) return true;
    return false;
  };
  try {
    await waitFor(`${runId} to be looked after`, async () => ((await isOpen()) ? undefined : true), {
      deadlineMs: LOOKED_AFTER_WITHIN_MS,
      everyMs: 500,
    });
  } finally {
    db.destroy();
  }
}
