import { Blobs } from '../../../lambdas/engine/store/blobs';
import { reap } from '../../../lambdas/engine/lifecycle/reap';
import type { Run } from '../../../lambdas/engine/run/run';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { systemClock } from '../../../lambdas/platform/time/clock';
import { createBucket, createTable, testDynamo, testS3 } from '../../support/aws';
import { newTestRun } from '../../support/runs';

/** The reaper with real time: what it waits for is a deadline of a second. */

const db = testDynamo();
const clock = systemClock;
let index: RunIndex;
let store: RunStore;
let blobs: Blobs;

beforeEach(async () => {
  const table = await createTable(db);
  index = new RunIndex(db, table);
  store = new RunStore(db, table);
  blobs = new Blobs(testS3(), await createBucket(testS3()), clock);
});

async function open(deadlineInMs: number): Promise<Run> {
  const run = newTestRun(clock.now(), { deadlineAt: clock.now() + deadlineInMs });
  await store.create(run);
  return run;
}

const statusOf = async (run: Run) => (await store.get(run.workspace, run.id, clock.now()))?.status;

test('ends what is overdue and leaves the rest', async () => {
  const [late, inTime] = [await open(-1), await open(60_000)];
  expect(await reap(index, { store, blobs, clock })).toEqual({ ended: 1, failed: 0 });
  expect([await statusOf(late), await statusOf(inTime)]).toEqual(['FAILED', 'REQUEST_RECEIVED']);
});

test('waits for deadlines that pass before the next reaper comes', async () => {
  const [soon, later] = [await open(700), await open(60_000)];
  expect(await reap(index, { store, blobs, clock }, 1_500)).toEqual({ ended: 1, failed: 0 });
  const ended = await store.get(soon.workspace, soon.id, clock.now());
  expect(ended?.finishedAt).toBeGreaterThanOrEqual(soon.deadlineAt);
  expect(await statusOf(later)).toBe('REQUEST_RECEIVED');
});

test('lets a run be that got another deadline while it was waited for', async () => {
  const run = await open(500);
  const reaping = reap(index, { store, blobs, clock }, 1_500);
  await store.append(run, [], { deadlineAt: clock.now() + 60_000 });
  expect(await reaping).toEqual({ ended: 0, failed: 0 });
  expect(await statusOf(run)).toBe('REQUEST_RECEIVED');
});

test('ends a run whose deadline it was woken before', async () => {
  const began = Date.now();
  // By this clock every timer fires when half of its time is over.
  const slow = { now: () => began + (Date.now() - began) / 2 };
  const run = newTestRun(began, { deadlineAt: began + 300 });
  await store.create(run);
  expect(await reap(index, { store, blobs, clock: slow }, 1_000)).toEqual({ ended: 1, failed: 0 });
});
