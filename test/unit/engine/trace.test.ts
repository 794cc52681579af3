import { lineOf } from '../../../lambdas/engine/lifecycle/report-end';
import { newRun } from '../../../lambdas/engine/lifecycle/prepare-run';
import type { RunOrder } from '../../../lambdas/engine/run/order';
import { Run } from '../../../lambdas/engine/run/run';
import { sandboxEvent } from '../../../lambdas/engine/sandbox/sandbox-event';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { resolveRuntime } from '../../../lambdas/platform/runtimes';
import { createBucket, createKey, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { testObserved } from '../../support/observed';
import { newTestOrder } from '../../support/runs';

/** The trace that a caller counts its run among: on the record, in the environment of the code, and in the line (ADR 0036). */

const trace = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'congo=t61rcWkgMzE',
};
const clock = testClock();
const kms = testKms();
let store: RunStore;
let blobs: Blobs;
let envelope: Envelope;

beforeAll(async () => {
  const s3 = testS3();
  const db = testDynamo();
  store = new RunStore(db, await createTable(db));
  blobs = new Blobs(s3, await createBucket(s3), clock);
  envelope = new Envelope(kms, await createKey(kms), clock);
});

async function environmentOf(values: Readonly<Record<string, string>>, change: Partial<Run>): Promise<unknown> {
  const order = await newTestOrder({ store, blobs, clock });
  const traced: RunOrder = { ...order, run: { ...order.run, ...change } };
  const env = await envelope.seal(order.run.id, values);
  const event = await sandboxEvent({ ...traced, env }, 60_000, { blobs, envelope });
  return (JSON.parse(event) as { env: unknown }).env;
}

test('the code finds it in its environment, beside what the caller set', async () => {
  expect(await environmentOf({ GREETING: 'hi' }, { trace })).toEqual({
    GREETING: 'hi',
    TRACEPARENT: trace.traceparent,
    TRACESTATE: trace.tracestate,
  });
  expect(await environmentOf({ GREETING: 'hi' }, {})).toEqual({ GREETING: 'hi' });
});

test('what the caller set of these names stands', async () => {
  expect(await environmentOf({ TRACEPARENT: 'mine' }, { trace })).toEqual({ TRACEPARENT: 'mine' });
  expect(await environmentOf({ TRACESTATE: 'mine' }, { trace })).toEqual({
    TRACEPARENT: trace.traceparent,
    TRACESTATE: 'mine',
  });
});

test('a record has it only where there is one, and the line of its run names it', () => {
  const spec = {
    workspace: 'ws-test',
    service: 'jobs',
    runtime: resolveRuntime('python', 'runtime'),
    requestedRuntime: 'python',
    handler: 'main.py',
    env: { values: {} },
    timeoutMs: 1_000,
    memoryMb: 256,
    resultForm: 'response' as const,
  };
  const traced = newRun({ ...spec, trace }, 'inv-1', clock.now());
  expect(Run.parse(JSON.parse(JSON.stringify(traced))).trace).toEqual(trace);
  expect(lineOf(traced, testObserved())?.['traceId']).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  const untraced = newRun({ ...spec, trace: undefined }, 'inv-2', clock.now());
  expect(untraced).not.toHaveProperty('trace');
  expect(lineOf(untraced, testObserved())?.['traceId']).toBeUndefined();
});
