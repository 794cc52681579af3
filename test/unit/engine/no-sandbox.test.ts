import { LambdaServiceException, TooManyRequestsException } from '@aws-sdk/client-lambda';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { execute, type ExecutePorts } from '../../../lambdas/engine/lifecycle/execute';
import { DEADLINES, MAX_ATTEMPTS } from '../../../lambdas/engine/run/limits';
import type { RunOrder } from '../../../lambdas/engine/run/order';
import { eventsAfter } from '../../../lambdas/engine/store/read-run';
import type { PlatformEvent } from '../../../lambdas/engine/lifecycle/report-fault';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { SandboxFull } from '../../../lambdas/engine/sandbox/sandbox-client';
import type { Frame } from '../../../lambdas/engine/sandbox/frames';
import { isNotStarted } from '../../../lambdas/platform/aws/not-started';
import { createBucket, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestOrder } from '../../support/runs';

/** A full platform: what found no sandbox was not started, and waits for one as long as it may. */

const db = testDynamo();
const s3 = testS3();
const clock = testClock();
let store: RunStore;
let blobs: Blobs;
let reported: PlatformEvent[];
let queued: RunOrder[];
/** How many times a sandbox is refused before there is one. */
let refusals: number;

beforeAll(async () => {
  store = new RunStore(db, await createTable(db));
  blobs = new Blobs(s3, await createBucket(s3), clock);
});

beforeEach(() => {
  reported = [];
  queued = [];
  refusals = 0;
});

async function* run(): AsyncGenerator<Frame> {
  await Promise.resolve();
  if (refusals > 0) {
    refusals -= 1;
    throw new SandboxFull('no sandbox to be had');
  }
  yield { t: 'ready', cold: true, version: '3.13.1' };
  yield { t: 'start', at: clock.now() };
  yield { t: 'result', json: '{"statusCode":200,"body":"done"}', truncated: false };
  yield { t: 'end' };
}

const ports = (): ExecutePorts => ({
  clock,
  store,
  blobs,
  envelope: new Envelope(testKms(), 'unused', clock),
  sandbox: { run },
  report: (event) => void reported.push(event),
  dispatch: (order) => {
    queued.push(order);
    return Promise.resolve();
  },
});

const newOrder = (more: Partial<RunOrder> = {}) => newTestOrder({ store, blobs, clock }, more);

const work = (order: RunOrder) => execute(order, () => 900_000, ports());

const statusesOf = async (order: RunOrder) => {
  const current = await store.get(order.run.workspace, order.run.id, clock.now());
  if (!current) throw new Error('the run is gone');
  const events = await eventsAfter(current, 0, 100, { store, blobs });
  return events.flatMap(({ event, data }) => (event === 'STATUS' ? [data['status']] : []));
};

const BEFORE = ['REQUEST_RECEIVED', 'CODE_FETCHING', 'SANDBOX_PREPARING'];

test('a run that nobody waits for goes back to the queue, more often than workers may be lost', async () => {
  refusals = MAX_ATTEMPTS + 2;
  let order = await newOrder({ queued: true });
  while (refusals > 0) {
    expect(await work(order)).toBeUndefined();
    const next = queued.pop();
    if (!next) throw new Error('not queued');
    order = next;
  }
  expect(await statusesOf(order)).toEqual(BEFORE);
  expect(await work(order)).toMatchObject({ status: 'COMPLETED' });
  expect(await statusesOf(order)).toEqual([...BEFORE, 'EXECUTING', 'COMPLETED']);
  expect(reported).toEqual(Array.from({ length: MAX_ATTEMPTS + 2 }, () => 'RunReturned'));
});

test('the order as it was first sent, delivered again, finds the run where it is now', async () => {
  refusals = 1;
  const order = await newOrder({ queued: true });
  await work(order);
  expect(await work(order)).toMatchObject({ status: 'COMPLETED' });
  const [returned] = queued;
  if (!returned) throw new Error('not queued');
  expect(await work(returned)).toBeUndefined();
});

test('it is given up at an age, and did not execute', async () => {
  refusals = 1;
  const order = await newOrder({ queued: true });
  clock.advance(DEADLINES.noSandboxMs);
  expect(await work(order)).toMatchObject({ errorType: 'PLATFORM_ERROR', fault: 'no-capacity' });
  expect(await statusesOf(order)).toEqual([...BEFORE, 'FAILED']);
  expect(queued).toEqual([]);
  expect(reported).toEqual(['SandboxRefused']);
});

test('a caller who waits is told at once', async () => {
  refusals = 1;
  const order = await newOrder();
  expect(await work(order)).toMatchObject({ fault: 'no-capacity' });
  expect(queued).toEqual([]);
});

test.each([
  [new TooManyRequestsException({ message: '', $metadata: {} }), true],
  [new LambdaServiceException({ name: 'ServiceException', $fault: 'server', $metadata: {} }), false],
  [Object.assign(new Error(), { code: 'ECONNREFUSED' }), true],
  [Object.assign(new Error(), { code: 'ECONNRESET' }), false],
  ['no error', false],
])('%p was certainly not started: %p', (error, expected) => {
  expect(isNotStarted(error)).toBe(expected);
});
