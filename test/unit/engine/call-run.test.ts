import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { listen } from '../../../local/process/listen';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { callRun, lambdaCall, type Called, type CallPorts } from '../../../lambdas/engine/lifecycle/call-run';
import { claim } from '../../../lambdas/engine/lifecycle/claim';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import type { RunOrder } from '../../../lambdas/engine/run/order';
import type { RunSpec } from '../../../lambdas/engine/lifecycle/prepare-run';
import type { PlatformEvent } from '../../../lambdas/engine/lifecycle/report-fault';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { resolveRuntime } from '../../../lambdas/platform/runtimes';
import { randomIds } from '../../../lambdas/platform/ids';
import { createBucket, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestOrder } from '../../support/runs';

/** A caller who waits, and workers that are full, lost or out of reach: the run ends, and never runs after we said it did not. */

const clock = testClock();
let ports: Omit<CallPorts, 'call'>;
let store: RunStore;

beforeAll(async () => {
  const s3 = testS3();
  store = new RunStore(testDynamo(), await createTable(testDynamo()));
  const blobs = new Blobs(s3, await createBucket(s3), clock);
  ports = { clock, ids: randomIds, store, blobs, envelope: new Envelope(testKms(), 'unused', clock) };
});

const spec = (): RunSpec => ({
  workspace: `ws-${randomUUID()}`,
  service: 'functions',
  tenantOf: 'fn',
  code: 'def handler(event): pass',
  runtime: resolveRuntime('python3.13', 'runtime'),
  requestedRuntime: 'python3.13',
  handler: 'main.handler',
  entry: { kind: 'handler', module: 'main', function: 'handler', fallbacks: [] },
  convention: 'function',
  resultForm: 'answer',
  input: '{}',
  env: { values: {} },
  timeoutMs: 5_000,
  memoryMb: 128,
  resultBytes: 1_000,
  context: () => ({}),
});

type Act = (order: RunOrder) => Promise<Called> | Called;

/** Calls with workers that do this, one after the other; the last one again and again. */
function calling(acts: readonly Act[], { endUnstarted = true, waitMs = 0 } = {}) {
  let calls = 0;
  const call = async (order: RunOrder): Promise<Called> => {
    const act = acts[Math.min(calls, acts.length - 1)];
    calls += 1;
    if (!act) throw new Error('no act');
    return act(order);
  };
  return callRun(spec(), { waitMs, endUnstarted }, { ...ports, call });
}

const full = (): Called => ({ kind: 'full' });
const lost = (): Called => ({ kind: 'lost' });
const unknown = (): Called => ({ kind: 'unknown' });
const pending = (): Called => ({ kind: 'pending' });
/** A worker that gets as far as asking a sandbox, and then is no more heard of. */
const handsOver =
  (called: Called): Act =>
  async ({ run }) => {
    await claim(store, run, 'hand-over', clock);
    return called;
  };
const carriesOut: Act = async ({ run }) => {
  const claimed = await claim(store, run, 'hand-over', clock);
  if (!claimed) return { kind: 'left' };
  return { kind: 'ended', run: await store.append(claimed, [], { status: 'COMPLETED' }) };
};

test.each<[string, Act[], object]>([
  ['no worker is to be had', [full], { fault: 'no-capacity' }],
  ['a worker dies before it starts the code, another does it', [lost, carriesOut], { status: 'COMPLETED' }],
  ['the connection breaks before it starts the code', [unknown, carriesOut], { status: 'COMPLETED' }],
  ['all workers die', [lost], { fault: 'worker-lost' }],
  ['no worker can be reached', [unknown], { fault: 'worker-lost' }],
  ['a worker dies with the code handed over', [handsOver(lost())], { status: 'FAILED', fault: 'worker-lost' }],
  ['nobody begins in time', [pending], { status: 'FAILED', fault: 'not-started' }],
  ['a sandbox may have begun by then', [handsOver(pending())], { status: 'SANDBOX_PREPARING' }],
  ['the connection breaks, the worker may go on', [handsOver(unknown())], { status: 'SANDBOX_PREPARING' }],
])('%s', async (_, acts, expected) => {
  expect(await calling(acts)).toMatchObject(expected);
});

test('a run that may begin later is left in the queue', async () => {
  expect(await calling([pending], { endUnstarted: false })).toMatchObject({ status: 'REQUEST_RECEIVED' });
});

test('a run that was given up is not started by a worker that comes later', async () => {
  let late: RunOrder | undefined;
  await calling([
    (order) => {
      late = order;
      return { kind: 'pending' };
    },
  ]);
  if (!late) throw new Error('nobody was called');
  expect(await claim(store, late.run, 'hand-over', clock)).toBeUndefined();
});

describe('an invoke of a worker', () => {
  let server: Server;
  let reported: [PlatformEvent, string, unknown][];
  let requests: number;

  const invoke = async (
    answer: (nth: number) => { status: number; type?: string; functionError?: string } | undefined,
  ) => {
    requests = 0;
    reported = [];
    server = createServer((request, response) => {
      requests += 1;
      request.resume();
      const reply = answer(requests);
      if (!reply) {
        request.socket.resetAndDestroy();
        return;
      }
      const { status, type, functionError } = reply;
      response.writeHead(status, {
        'Content-Type': 'application/json',
        ...(type !== undefined && { 'X-Amzn-ErrorType': type }),
        ...(functionError !== undefined && { 'X-Amz-Function-Error': functionError }),
      });
      response.end(status === 200 ? 'null' : '{"message":"no"}');
    });
    const lambda = new LambdaClient({
      endpoint: `http://127.0.0.1:${await listen(server)}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const order = await newTestOrder(ports);
    const report = (event: PlatformEvent, runId: string, cause?: unknown) => void reported.push([event, runId, cause]);
    const called = await lambdaCall(lambda, 'runner', report)(order, 10_000);
    expect(reported.every(([, runId]) => runId === order.run.id)).toBe(true);
    return called.kind;
  };

  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  test('that is throttled has started nothing', async () => {
    expect(await invoke(() => ({ status: 429, type: 'TooManyRequestsException' }))).toBe('full');
    expect(reported).toEqual([['WorkerRefused', expect.anything(), expect.anything()]]);
    expect(requests).toBe(1);
  });

  test('waits for a function that AWS is still preparing', async () => {
    const called = await invoke((nth) =>
      nth < 3 ? { status: 409, type: 'ResourceConflictException' } : { status: 200 },
    );
    expect([called, requests]).toEqual(['left', 3]);
  });

  test('whose connection breaks may have started it; the cause is told', async () => {
    expect(await invoke(() => undefined)).toBe('unknown');
    expect(reported).toMatchObject([
      ['WorkerLost', expect.anything(), { message: expect.stringContaining('ECONNRESET') as unknown }],
    ]);
  });

  test('of a worker that dies says what it died of', async () => {
    expect(await invoke(() => ({ status: 200, functionError: 'Unhandled' }))).toBe('lost');
    expect(reported).toMatchObject([
      ['WorkerLost', expect.anything(), { message: expect.stringContaining('Unhandled') as unknown }],
    ]);
  });

  test('that is refused for what it asks is not repeated', async () => {
    expect(await invoke(() => ({ status: 403, type: 'AccessDeniedException' }))).toBe('full');
    expect(requests).toBe(1);
  });
});
