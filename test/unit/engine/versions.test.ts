import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { execute } from '../../../lambdas/engine/lifecycle/execute';
import { FrameReader, WorkerLost } from '../../../lambdas/engine/sandbox/frames';
import { RunOrder } from '../../../lambdas/engine/run/order';
import { eventsAfter } from '../../../lambdas/engine/store/read-run';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { LOG_VERSION, ORDER_VERSION, RUN_VERSION, SANDBOX_PROTOCOL } from '../../../lambdas/engine/run/versions';
import { OutsideOrder } from '../../../lambdas/functions/passthrough/outside-order';
import { toInvocation } from '../../../lambdas/invocations/view';
import { NewerVersion } from '../../../lambdas/platform/version';
import { createBucket, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestOrder, newTestRun } from '../../support/runs';

/** What a newer release wrote is left alone or read, and never half understood (docs/adr/0018). */

const db = testDynamo();
const s3 = testS3();
const clock = testClock();
let store: RunStore;
let blobs: Blobs;
let asked: number;

beforeAll(async () => {
  store = new RunStore(db, await createTable(db));
  blobs = new Blobs(s3, await createBucket(s3), clock);
});

beforeEach(() => {
  asked = 0;
});

const work = (order: RunOrder, frames: readonly string[] = []) =>
  execute(order, () => 900_000, {
    clock,
    store,
    blobs,
    envelope: new Envelope(testKms(), 'unused', clock),
    sandbox: {
      async *run() {
        await Promise.resolve();
        asked += 1;
        yield* new FrameReader().push(Buffer.from(frames.map((frame) => `${frame}\n`).join('')));
      },
    },
    report: () => undefined,
    dispatch: () => Promise.reject(new Error('nothing goes back to the queue here')),
  });

test('an order that is newer is refused, and says why', async () => {
  const order = await newTestOrder({ store, blobs, clock });
  expect(RunOrder.parse({ ...order, version: ORDER_VERSION })).toEqual({ ...order, version: ORDER_VERSION });
  expect(() => RunOrder.parse({ ...order, version: ORDER_VERSION + 1 })).toThrow(
    `the order has version ${ORDER_VERSION + 1}, and this release knows up to ${ORDER_VERSION}`,
  );
  const outside = { run: order.run, url: 'http://shop.example/', addresses: ['127.0.0.1'], json: '{}' };
  expect(OutsideOrder.safeParse(outside).success).toBe(true);
  expect(OutsideOrder.safeParse({ ...outside, version: 1_000 }).success).toBe(false);
});

test('a record that is newer is read with what is known of it, and not claimed', async () => {
  const order = await newTestOrder({ store, blobs, clock });
  const newer = { ...newTestRun(clock.now()), version: RUN_VERSION + 1, whatComesLater: { a: 1 } };
  await store.create(newer);
  const run = await store.get(newer.workspace, newer.id, clock.now());
  if (!run) throw new Error('not stored');
  expect((await toInvocation(run, { blobs })).status).toBe('REQUEST_RECEIVED');
  expect(await eventsAfter(run, 0, 10, { store, blobs })).toHaveLength(1);
  const code = await blobs.putCode(run.workspace, 'def handler(event): pass');
  await expect(work({ ...order, run, code })).rejects.toThrow(NewerVersion);
  expect(asked).toBe(0);
  expect(await store.get(run.workspace, run.id, clock.now())).toEqual(run);
});

test('a log of a newer format is neither read nor written', async () => {
  const run = newTestRun(clock.now(), { logVersion: LOG_VERSION + 1, tail: ['["N",1]'] });
  await store.create(run);
  await expect(eventsAfter(run, 0, 10, { store, blobs })).rejects.toThrow(NewerVersion);
  await expect(store.append(run, [['C', clock.now()]])).rejects.toThrow(NewerVersion);
});

test('a sandbox of a newer protocol is a lost worker', async () => {
  const ready = (protocol: number) => JSON.stringify({ t: 'ready', cold: true, version: '3.14.0', protocol });
  const readOf = (line: string) => [...new FrameReader().push(Buffer.from(`${line}\n`))];
  expect(readOf(ready(SANDBOX_PROTOCOL))).toHaveLength(1);
  expect(() => readOf(ready(SANDBOX_PROTOCOL + 1))).toThrow(WorkerLost);
  expect(() => readOf(ready(SANDBOX_PROTOCOL + 1))).toThrow('the protocol of the sandbox has version');
  const ended = await work(await newTestOrder({ store, blobs, clock }), [ready(SANDBOX_PROTOCOL + 1), '{"t":"end"}']);
  expect(ended).toMatchObject({ status: 'FAILED', errorType: 'PLATFORM_ERROR', fault: 'worker-lost' });
});

test.each(['node/narae_supervisor/frames.mjs', 'python/narae_supervisor/frames.py'])(
  '%s knows the same protocol',
  (file) => {
    const source = readFileSync(path.resolve(__dirname, '../../../lambdas/sandbox', file), 'utf8');
    expect(/PROTOCOL = (\d+)/.exec(source)?.[1]).toBe(String(SANDBOX_PROTOCOL));
  },
);
