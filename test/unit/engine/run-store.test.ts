import { randomUUID } from 'node:crypto';
import { claim } from '../../../lambdas/engine/lifecycle/claim';
import { CANCELLED, endRun } from '../../../lambdas/engine/lifecycle/end-run';
import { platformError } from '../../../lambdas/engine/run/fault';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import type { StoredEvent } from '../../../lambdas/engine/events/event';
import { eventsAfter } from '../../../lambdas/engine/store/read-run';
import { reap } from '../../../lambdas/engine/lifecycle/reap';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { RunStore, StaleAttempt } from '../../../lambdas/engine/store/run-store';
import { RunWriter } from '../../../lambdas/engine/store/run-writer';
import type { Run } from '../../../lambdas/engine/run/run';
import { createBucket, createTable, testDynamo, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestRun } from '../../support/runs';

const db = testDynamo();
const s3 = testS3();
const clock = testClock();
let table: string;
let store: RunStore;
let index: RunIndex;
let blobs: Blobs;

beforeAll(async () => {
  table = await createTable(db);
  store = new RunStore(db, table);
  index = new RunIndex(db, table);
  blobs = new Blobs(s3, await createBucket(s3), clock);
});

const log = (line: string): StoredEvent => ['L', clock.now(), 'o', line];
const created = async (change: Partial<Run> = {}): Promise<Run> => {
  const run = newTestRun(clock.now(), change);
  await store.create(run);
  return run;
};
const read = async (run: Run): Promise<Run> => {
  const found = await store.get(run.workspace, run.id, clock.now());
  if (!found) throw new Error('the run is gone');
  return found;
};
const allEvents = async (run: Run) => eventsAfter(await read(run), 0, 100_000, { store, blobs });

describe('the event log of a run', () => {
  test('numbers events without a gap, however they are spread over chunks', async () => {
    let run = await created();
    const lines = Array.from({ length: 60 }, (_, number) => `line ${number} ${'x'.repeat(number * 7)}`);
    for (let from = 0; from < lines.length; from += 4)
      run = await store.append(run, lines.slice(from, from + 4).map(log));
    const events = await allEvents(run);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_, number) => number + 1));
    expect(events.slice(1).map(({ data }) => data['line'])).toEqual(lines);
    expect((await read(run)).tailFrom).toBeGreaterThan(1);
  });

  test('answers any page of itself', async () => {
    let run = await created();
    for (let number = 0; number < 40; number += 1) run = await store.append(run, [log(`${number} ${'y'.repeat(200)}`)]);
    const all = await allEvents(run);
    for (const after of [0, 1, 7, 20, 39, 40, 41]) {
      for (const limit of [1, 3, 100]) {
        expect(await eventsAfter(await read(run), after, limit, { store, blobs })).toEqual(
          all.slice(after, after + limit),
        );
      }
    }
  });

  test('refuses a writer that is behind, and writes nothing of it', async () => {
    const run = await created();
    const ahead = await store.append(run, [log('first')]);
    await expect(store.append(run, [log('second')])).rejects.toBeInstanceOf(StaleAttempt);
    expect((await read(run)).lastSeq).toBe(ahead.lastSeq);
  });

  test('takes a line of several hundred kilobytes in all through one flush', async () => {
    const run = await created();
    const writer = new RunWriter(store, run, () => undefined);
    const lines = Array.from({ length: 90 }, (_, number) => `${number}${'\u0001'.repeat(8000)}`);
    writer.add(lines.map(log));
    await writer.finish(
      [
        ['S', clock.now(), 'COMPLETED'],
        ['C', clock.now()],
      ],
      { status: 'COMPLETED', resultJson: '{"statusCode":200,"body":""}' },
    );
    const events = await allEvents(run);
    expect(events.filter(({ event }) => event === 'LOG').map(({ data }) => data['line'])).toEqual(lines);
    expect(events.at(-1)).toMatchObject({ seq: lines.length + 3, event: 'COMPLETE' });
  });
});

describe('the fence', () => {
  test('lets one of many racing workers start the code', async () => {
    const run = await created();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(store, run, 'hand-over', clock)));
    expect(claims.filter((claimed) => claimed !== undefined)).toHaveLength(1);
    const statuses = (await allEvents(run)).map(({ data }) => data['status']);
    expect(statuses).toEqual(['REQUEST_RECEIVED', 'CODE_FETCHING', 'SANDBOX_PREPARING']);
  });

  test('makes a worker whose run was taken over fail at its next write', async () => {
    const run = await created();
    const first = await claim(store, run, 'fetch', clock);
    const second = await claim(store, run, 'hand-over', clock);
    expect(second).toMatchObject({ attempt: 2, handedOverAt: clock.now() });
    await expect(store.append(first ?? run, [log('from the grave')])).rejects.toBeInstanceOf(StaleAttempt);
  });

  test('gives a run to at most three workers', async () => {
    const run = await created();
    for (const attempt of [1, 2, 3]) expect(await claim(store, run, 'fetch', clock)).toMatchObject({ attempt });
    expect(await claim(store, run, 'fetch', clock)).toBeUndefined();
  });

  test('never leaves a terminal state', async () => {
    const run = await created();
    const ended = await endRun(run, CANCELLED, { store, blobs, clock });
    await expect(store.append(ended, [log('late')])).rejects.toBeInstanceOf(StaleAttempt);
    expect(await claim(store, run, 'hand-over', clock)).toBeUndefined();
    expect(await endRun(await read(run), platformError('worker-lost'), { store, blobs, clock })).toMatchObject({
      errorType: 'CANCELLED',
    });
  });
});

describe('ending a run from outside', () => {
  test('wins or loses against its worker, never both', async () => {
    for (let round = 0; round < 20; round += 1) {
      const run = await claim(store, await created(), 'hand-over', clock);
      if (!run) throw new Error('not claimed');
      const writer = new RunWriter(store, run, () => undefined);
      const finish = writer.finish(
        [
          ['S', clock.now(), 'COMPLETED'],
          ['C', clock.now()],
        ],
        { status: 'COMPLETED', resultJson: '{"statusCode":200,"body":""}' },
      );
      const [finished, ended] = await Promise.allSettled([finish, endRun(run, CANCELLED, { store, blobs, clock })]);
      const events = await allEvents(run);
      expect(events.filter(({ event }) => event === 'COMPLETE')).toHaveLength(1);
      expect(ended.status).toBe('fulfilled');
      expect((await read(run)).status).toBe(finished.status === 'fulfilled' ? 'COMPLETED' : 'FAILED');
    }
  });

  test('keeps the last twenty lines of what it printed', async () => {
    let run = await created();
    const lines = Array.from({ length: 50 }, (_, number) => `${number} ${'z'.repeat(150)}`);
    for (const line of lines) run = await store.append(run, [log(line)]);
    const ended = await endRun(run, CANCELLED, { store, blobs, clock });
    expect(ended.logsTail).toEqual(lines.slice(-20));
  });

  test('the reaper ends what is past its deadline, and nothing else', async () => {
    const late = await created({ deadlineAt: clock.now() + 1_000 });
    const early = await created({ deadlineAt: clock.now() + 600_000 });
    clock.advance(2_000);
    await reap(index, { store, blobs, clock });
    expect(await read(late)).toMatchObject({ status: 'FAILED', errorType: 'PLATFORM_ERROR' });
    expect((await read(early)).status).toBe('REQUEST_RECEIVED');
    expect((await index.overdue(clock.now())).map(({ id }) => id)).not.toContain(late.id);
  });
});

describe('listing runs', () => {
  test('pages through a workspace newest first, over months, and filters', async () => {
    const workspace = `ws-${randomUUID()}`;
    const months = testClock(Date.UTC(2026, 9, 28));
    const ids: string[] = [];
    for (let number = 0; number < 12; number += 1) {
      const run = newTestRun(months.now(), { workspace, ...(number % 3 === 0 && { batchId: 'bat-1' }) });
      await store.create(run);
      ids.unshift(run.id);
      months.advance(86_400_000);
    }
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const page = await index.list(workspace, { service: 'invocations' }, 5, before, months.now());
      seen.push(...page.runs.map(({ id }) => id));
      before = page.next;
    } while (before !== undefined);
    expect(seen).toEqual(ids);
    const batch = await index.list(
      workspace,
      { service: 'invocations', batchId: 'bat-1' },
      100,
      undefined,
      months.now(),
    );
    expect(batch.runs).toHaveLength(4);
    expect((await index.list(workspace, { service: 'jobs' }, 100, undefined, months.now())).runs).toEqual([]);
  });

  test('forgets a run after its retention, whether it was deleted or not', async () => {
    const run = await created();
    const later = clock.now() + 31 * 86_400_000;
    expect(await store.get(run.workspace, run.id, later)).toBeUndefined();
    expect(
      (await index.list(run.workspace, { service: 'invocations' }, 100, undefined, later)).runs.map(({ id }) => id),
    ).not.toContain(run.id);
  });
});
