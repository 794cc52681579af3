import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Call } from '../../../lambdas/engine/lifecycle/call-run';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { randomIds } from '../../../lambdas/platform/ids';
import { buildHandlers, type BuildPorts } from '../../../lambdas/callbacks/deploy/build-callback';
import { Libraries } from '../../../lambdas/callbacks/deploy/libraries';
import { snapshotOf, type CallbackRecord } from '../../../lambdas/callbacks/registry/callback';
import { SourceStore } from '../../../lambdas/engine/store/source-store';
import { Sources } from '../../../lambdas/callbacks/registry/sources';
import { BUILD_TIMEOUT_MS, executionName } from '../../../lambdas/callbacks/deploy/start-build';
import { CallbackStore } from '../../../lambdas/callbacks/registry/store';
import { createBucket, createKey, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';

/** Steps of a build, as the state machine asks for them (docs/contracts/callbacks.md#build). */

const [db, s3, kms] = [testDynamo(), testS3(), testKms()];
const clock = testClock();
let ports: BuildPorts;

/** A worker that says of all code that it parses. */
const parses: Call = ({ run }) => {
  const resultJson = JSON.stringify({ stdout: '{"error":null}' });
  return Promise.resolve({ kind: 'ended', run: { ...run, status: 'COMPLETED', resultJson } });
};

beforeAll(async () => {
  const [table, bucket] = [await createTable(db), await createBucket(s3)];
  ports = {
    clock,
    ids: randomIds,
    store: new RunStore(db, table),
    blobs: new Blobs(s3, bucket, clock),
    envelope: new Envelope(kms, await createKey(kms), clock),
    call: parses,
    callbacks: new CallbackStore(db, table),
    sources: new Sources(new SourceStore(s3, bucket)),
    libraries: new Libraries(db, table, s3, bucket, clock),
  };
});

const workspace = `ws-${randomUUID()}`;
let lastId = 0;

async function building(library: string): Promise<{ workspace: string; callbackId: number; attempt: number }> {
  lastId += 1;
  const id = lastId;
  const code = await ports.sources.put(workspace, id, 'def lambda_handler(event, context): pass\n');
  const record: CallbackRecord = {
    ...{ workspace, id, path: `p-${randomUUID()}`, method: 'GET', language: 'python', code, library },
    ...{ status: 'build', updatedAt: clock.now(), attempt: 1, version: 0 },
    buildDeadlineAt: clock.now() + BUILD_TIMEOUT_MS,
  };
  await ports.callbacks.save(undefined, { ...record, building: snapshotOf(record) });
  return { workspace, callbackId: id, attempt: 1 };
}

const recordOf = (order: { readonly callbackId: number }) => ports.callbacks.get(workspace, order.callbackId);
const resolved = (lock: string, platform = 'here') => ({
  ok: true as const,
  lock: gzipSync(lock).toString('base64'),
  platform,
});
const installed = { ok: true as const, sha256: 'c'.repeat(64), packedBytes: 1, unpackedBytes: 2 };

/** Takes a build from its start to its end, with an installer that always installs. */
async function built(library: string, lock: string): Promise<{ steps: string[]; key: string | undefined }> {
  const order = await building(library);
  const steps = ['check'];
  const checked = await buildHandlers(ports).check({ order });
  if (checked.next !== 'over') {
    steps.push(checked.next);
    const found = await buildHandlers(ports).find({ order, resolved: resolved(lock) });
    if (found.next === 'install-python') {
      steps.push(found.next);
      expect(found.uploadUrl).toContain(found.place.key);
      await buildHandlers(ports).publish({ order, place: found.place, installed });
    }
  }
  const record = await recordOf(order);
  expect(record.status).toBe('deployed');
  return { steps, key: record.deployment?.packages?.key };
}

test('what is installed is found again by its text, and by what another text resolves to', async () => {
  const lock = `one==1.0 --hash=sha256:${randomUUID()}`;
  const first = await built('one==1.0', lock);
  expect(first.steps).toEqual(['check', 'resolve-python', 'install-python']);
  const same = await built('# a comment\n  one==1.0\n', lock);
  expect(same).toEqual({ steps: ['check'], key: first.key });
  const other = await built('one>=1', lock);
  expect(other).toEqual({ steps: ['check', 'resolve-python'], key: first.key });
});

test('after an hour a text is resolved again', async () => {
  const lock = `two==1.0 --hash=sha256:${randomUUID()}`;
  await built('two', lock);
  clock.advance(60 * 60_000 + 1);
  expect((await built('two', lock)).steps).toEqual(['check', 'resolve-python']);
});

test('another platform, or another version of what is needed, is another bundle', async () => {
  const order = await building('three');
  const place = async (lock: string, platform: string) => {
    const found = await buildHandlers(ports).find({ order, resolved: resolved(lock, platform) });
    return found.next === 'install-python' ? found.place.address : undefined;
  };
  const places = [await place('three==1', 'here'), await place('three==1', 'there'), await place('three==2', 'here')];
  expect(places).not.toContain(undefined);
  expect(new Set(places).size).toBe(3);
  expect(await place('three==1', 'here')).toBe(places[0]);
});

test('of two builds that installed the same at the same time, one bundle is kept', async () => {
  const lock = `four==1 --hash=sha256:${randomUUID()}`;
  const orders = [await building('four'), await building('four==1')];
  const found = await Promise.all(
    orders.map((order) => buildHandlers(ports).find({ order, resolved: resolved(lock) })),
  );
  for (const [index, order] of orders.entries()) {
    const one = found[index];
    if (one?.next !== 'install-python') throw new Error('nothing to install');
    await buildHandlers(ports).publish({ order, place: one.place, installed });
  }
  const keys = await Promise.all(orders.map(async (order) => (await recordOf(order)).deployment?.packages?.key));
  expect(new Set(keys).size).toBe(1);
});

const refusal = { ok: false as const, reason: 'library needs nothing of the kind' };
type Handlers = ReturnType<typeof buildHandlers>;
type Order = Parameters<Handlers['check']>[0]['order'];

test.each([
  ['find', (handlers: Handlers, order: Order) => handlers.find({ order, resolved: refusal }), refusal.reason],
  [
    'reject, out of time',
    (handlers: Handlers, order: Order) => handlers.reject({ order, fault: { Error: 'States.Timeout' } }),
    'fault of the platform',
  ],
  [
    'reject, without a registry',
    (handlers: Handlers, order: Order) =>
      handlers.reject({ order, fault: { Error: 'RegistryUnavailable', Cause: '{}' } }),
    'registry did not answer',
  ],
] as const)('a build that ends at %s fails with its reason', async (_step, end, reason) => {
  const order = await building('five');
  expect(await end(buildHandlers(ports), order)).toEqual({ next: 'over' });
  expect(await recordOf(order)).toMatchObject({
    status: 'failed',
    lastError: expect.stringContaining(reason) as unknown,
  });
});

test('a build that is not the newest, or whose callback is gone, changes nothing and goes no further', async () => {
  const order = await building('six');
  const before = await recordOf(order);
  await ports.callbacks.save(before, { ...before, attempt: 2 });
  for (const old of [order, { ...order, callbackId: 99_999 }]) {
    expect(await buildHandlers(ports).check({ order: old })).toEqual({ next: 'over' });
    expect(await buildHandlers(ports).find({ order: old, resolved: resolved('six==1') })).toEqual({
      next: 'over',
    });
    await buildHandlers(ports).reject({ order: old, fault: { Error: 'x' } });
  }
  expect(await recordOf(order)).toMatchObject({ status: 'build', attempt: 2 });
});

test('an execution has a name of its own for each attempt, of letters that Step Functions takes', () => {
  const name = executionName({ workspace: 'ws-ünï/code', callbackId: 123_456, attempt: 7 });
  expect(name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  expect(executionName({ workspace: 'ws-ünï/code', callbackId: 123_456, attempt: 8 })).not.toBe(name);
  expect(executionName({ workspace: 'ws-other', callbackId: 123_456, attempt: 7 })).not.toBe(name);
});
