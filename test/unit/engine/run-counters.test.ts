import { CANCELLED, endRun } from '../../../lambdas/engine/lifecycle/end-run';
import { platformError } from '../../../lambdas/engine/run/fault';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { readRunCounts } from '../../../lambdas/engine/store/run-counters';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { createBucket, createTable, testDynamo, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestRun } from '../../support/runs';

const db = testDynamo();
const s3 = testS3();
const clock = testClock();
let table: string;
let store: RunStore;
let blobs: Blobs;

beforeAll(async () => {
  table = await createTable(db);
  store = new RunStore(db, table);
  blobs = new Blobs(s3, await createBucket(s3), clock);
});

const counts = (owner: string) => readRunCounts(db, table, 'ws-test', owner, clock.now());

async function endedRun(owner: string, statusCode: number, seenMs: number): Promise<void> {
  const now = clock.now();
  const run = newTestRun(now, { owner, counted: true });
  await store.create(run);
  await store.append(
    run,
    [
      ['S', now, 'COMPLETED'],
      ['C', now],
    ],
    {
      status: 'COMPLETED',
      startedAt: now - seenMs,
      finishedAt: now,
      statusCode,
      // What a sandbox says of itself is not what is counted.
      usage: { cpuMs: 1, maxMemoryBytes: 1, durationMs: 1e12, coldStart: false },
    },
  );
}

test('counts each of many runs that end at the same time exactly once', async () => {
  await Promise.all(
    Array.from({ length: 120 }, (_, number) => endedRun('fn-parallel', number % 4 === 0 ? 500 : 204, 10)),
  );
  expect(await counts('fn-parallel')).toEqual({ invocations: 120, errors: 30, durationMs: 1200 });
});

test('counts a run that was ended from outside as an error, once', async () => {
  const run = newTestRun(clock.now(), { owner: 'fn-lost', counted: true });
  await store.create(run);
  await Promise.all([1, 2, 3].map(() => endRun(run, platformError('worker-lost'), { store, blobs, clock })));
  expect(await counts('fn-lost')).toEqual({ invocations: 1, errors: 1, durationMs: 0 });
});

test('forgets a call by time alone: it counts for 23 hours, and is gone after 25', async () => {
  await endedRun('fn-old', 200, 5);
  clock.advance(23 * 3_600_000);
  expect((await counts('fn-old')).invocations).toBe(1);
  clock.advance(2 * 3_600_000);
  expect((await counts('fn-old')).invocations).toBe(0);
});

test('counts nothing for a run that is not counted', async () => {
  const run = newTestRun(clock.now(), { owner: 'fn-quiet' });
  await store.create(run);
  await endRun(run, CANCELLED, { store, blobs, clock });
  expect((await counts('fn-quiet')).invocations).toBe(0);
});
