import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { CANCELLED, endRun } from '../../../lambdas/engine/lifecycle/end-run';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { execute, type ExecutePorts } from '../../../lambdas/engine/lifecycle/execute';
import type { Frame } from '../../../lambdas/engine/sandbox/frames';
import type { RunOrder } from '../../../lambdas/engine/run/order';
import { eventsAfter } from '../../../lambdas/engine/store/read-run';
import { reap } from '../../../lambdas/engine/lifecycle/reap';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { createBucket, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestOrder } from '../../support/runs';
import { seeded } from '../../support/random';
import { pause } from '../../support/wait';

/**
 * Workers that die at every write, before it arrives and after: whatever the moment, the run ends once, its log has no
 * gap, and the user's code is started at most once (docs/contracts/invocations.md#retries).
 */

const db = testDynamo();
const s3 = testS3();
const clock = testClock();
let table: string;
let store: RunStore;
let bucket: string;
let blobs: Blobs;
let starts: number;

beforeAll(async () => {
  table = await createTable(db);
  store = new RunStore(db, table);
  bucket = await createBucket(s3);
  blobs = new Blobs(s3, bucket, clock);
});

beforeEach(() => {
  starts = 0;
});

/** A sandbox that says what a run of a few lines says; it counts how often the code was started. */
async function* run(): AsyncGenerator<Frame> {
  starts += 1;
  yield { t: 'ready', cold: false, version: '3.13.1' };
  yield { t: 'start', at: clock.now() };
  for (let number = 0; number < 3; number += 1) {
    yield { t: 'log', s: 'stdout', at: clock.now(), l: ['x'.repeat(900), `line ${number}`], cut: [] };
    // Longer than the lines wait for each other, so that each is a write of its own.
    await pause(40);
  }
  yield { t: 'result', json: '{"statusCode":200,"body":"done"}', truncated: false };
  yield { t: 'usage', durationMs: 5, cpuMs: 4, maxMemoryBytes: 1000, exitCode: 0, signal: null };
  yield { t: 'end' };
}

class WorkerKilled extends Error {}

/** A connection to the store of a worker that dies at its n-th write: before it arrives, or when its answer is under way. */
function dyingConnection(atWrite: number, moment: 'before' | 'after'): DynamoDBDocumentClient {
  let writes = 0;
  let dead = false;
  const send: DynamoDBDocumentClient['send'] = async (...args: unknown[]): Promise<never> => {
    const forward = db.send.bind(db) as (...all: unknown[]) => Promise<never>;
    if (dead) throw new WorkerKilled();
    const isWrite = /^(Put|Update|Transact)/.test((args[0] as object).constructor.name);
    writes += isWrite ? 1 : 0;
    if (!isWrite || writes !== atWrite) return forward(...args);
    dead = true;
    if (moment === 'after') await forward(...args);
    throw new WorkerKilled();
  };
  return new Proxy(db, { get: (target, name) => (name === 'send' ? send : (Reflect.get(target, name) as unknown)) });
}

/** A worker of its own, with nothing in its caches. */
const ports = (connection: DynamoDBDocumentClient): ExecutePorts => ({
  clock,
  store: new RunStore(connection, table),
  blobs: new Blobs(s3, bucket, clock),
  envelope: new Envelope(testKms(), 'unused', clock),
  sandbox: { run },
  report: () => undefined,
  dispatch: () => Promise.reject(new Error('nothing goes back to the queue here')),
});

const newOrder = () => newTestOrder({ store, blobs, clock });

const work = (order: RunOrder, connection = db) => execute(order, () => 900_000, ports(connection));

async function check(order: RunOrder) {
  const ended = await store.get(order.run.workspace, order.run.id, clock.now());
  if (!ended) throw new Error('the run is gone');
  const events = await eventsAfter(ended, 0, 10_000, { store, blobs });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ event }) => event === 'COMPLETE')).toHaveLength(1);
  expect(events.at(-1)?.event).toBe('COMPLETE');
  const statuses = events.flatMap(({ event, data }) => (event === 'STATUS' ? [data['status']] : []));
  expect(new Set(statuses).size).toBe(statuses.length);
  expect(starts).toBeLessThanOrEqual(1);
  return ended;
}

const WRITES = [1, 2, 3, 4, 5, 6, 7, 8];

describe.each(['before', 'after'] as const)('a worker that dies %s a write arrives', (moment) => {
  test.each(WRITES)('leaves a run that ends once, at write %i', async (atWrite) => {
    const order = await newOrder();
    const died = await work(order, dyingConnection(atWrite, moment)).then(
      () => false,
      () => true,
    );
    if (died) await work(order); // Lambda sends another
    clock.advance(order.run.timeoutMs + 240_000);
    await reap(new RunIndex(db, table), { store, blobs, clock });
    const ended = await check(order);
    // Lost before the start, a worker is replaced; lost while executing, the run fails
    // (docs/contracts/invocations.md#semantics).
    if (starts === 1 && !died) expect(ended.status).toBe('COMPLETED');
    else if (starts === 0) expect(ended.errorType).toBe('PLATFORM_ERROR');
  });
});

test('an order that is delivered three times at once runs once', async () => {
  const order = await newOrder();
  await Promise.all([work(order), work(order), work(order)]);
  expect((await check(order)).status).toBe('COMPLETED');
  expect(starts).toBe(1);
});

test('an order that comes again after the end changes nothing', async () => {
  const order = await newOrder();
  await work(order);
  const before = await check(order);
  await work(order);
  expect(await check(order)).toEqual(before);
});

test('a cancel at any moment of a run ends it once, as cancelled or as completed', async () => {
  const random = seeded(20_261_126, 'cancel');
  for (let round = 0; round < 25; round += 1) {
    starts = 0;
    const order = await newOrder();
    const worker = work(order);
    await pause(random.whole(0, 150));
    const ended = await endRun(order.run, CANCELLED, { store, blobs, clock });
    await worker;
    expect(await check(order)).toMatchObject({ status: ended.status });
  }
});
