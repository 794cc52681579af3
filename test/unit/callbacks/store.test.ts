import { randomUUID } from 'node:crypto';
import { AppError } from '../../../lambdas/platform/http/errors';
import { WriteConflict, transact } from '../../../lambdas/platform/dynamo/transact';
import {
  claimsOf,
  expireLostBuild,
  snapshotOf,
  type CallbackRecord,
} from '../../../lambdas/callbacks/registry/callback';
import { Counters } from '../../../lambdas/callbacks/counters';
import { seed } from '../../../lambdas/callbacks/registry/seed';
import { SourceStore } from '../../../lambdas/engine/store/source-store';
import { Sources } from '../../../lambdas/callbacks/registry/sources';
import { CallbackStore } from '../../../lambdas/callbacks/registry/store';
import { conclude } from '../../../lambdas/callbacks/deploy/build-callback';
import { CALLBACK_LIMITS } from '../../../lambdas/callbacks/limits';
import { createBucket, createTable, testDynamo, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';

const db = testDynamo();
const s3 = testS3();
const clock = testClock();
let store: CallbackStore;
let counters: Counters;
let sources: Sources;

beforeAll(async () => {
  const table = await createTable(db);
  store = new CallbackStore(db, table);
  counters = new Counters(db, table);
  sources = new Sources(new SourceStore(s3, await createBucket(s3)));
});

const workspace = 'ws-test';
let lastId = 0;

async function stored(more: Partial<CallbackRecord> = {}): Promise<CallbackRecord> {
  lastId += 1;
  const record: CallbackRecord = {
    workspace,
    id: lastId,
    path: `/p-${randomUUID()}`,
    method: 'GET',
    language: 'python',
    code: 'a'.repeat(64),
    status: 'pending',
    updatedAt: clock.now(),
    attempt: 0,
    version: 0,
    ...more,
  };
  await store.save(undefined, record);
  return store.get(record.workspace, record.id);
}

const live = async (more: Partial<CallbackRecord> = {}): Promise<CallbackRecord> => {
  const before = await stored(more);
  await store.save(before, { ...before, status: 'deployed', deployment: snapshotOf(before) });
  return store.get(before.workspace, before.id);
};

describe('a callback', () => {
  test('is changed only by who knows its newest version', async () => {
    const before = await stored();
    await store.save(before, { ...before, attempt: 1 });
    await expect(store.save(before, { ...before, attempt: 7 })).rejects.toBeInstanceOf(WriteConflict);
    await expect(store.save(before, undefined)).rejects.toBeInstanceOf(WriteConflict);
    expect((await store.get(workspace, before.id)).attempt).toBe(1);
  });

  test('of another workspace is not found', async () => {
    const { id } = await stored();
    await expect(store.get('ws-other', id)).rejects.toMatchObject({ code: 'CALLBACK_NOT_FOUND' });
  });

  test('of two that want the same path and method, one gets it', async () => {
    const path = `/p-${randomUUID()}`;
    const results = await Promise.allSettled([stored({ path }), stored({ path: `${path}/` })]);
    const refusals = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ code: 'CALLBACK_EXISTS' });
  });
});

describe('routes', () => {
  test('answer with what is deployed, for exactly that method and workspace', async () => {
    const record = await live();
    const { name } = snapshotOf(record);
    expect(await store.route(workspace, name, 'GET')).toMatchObject({
      callbackId: record.id,
      deployment: { name, code: record.code },
    });
    expect(await store.route(workspace, name, 'POST')).toBeUndefined();
    expect(await store.route('ws-other', name, 'GET')).toBeUndefined();
    expect(await store.methodsOf(workspace, name)).toEqual(['GET']);
  });

  test('of a path that is changed are held, old and new, until the next deploy', async () => {
    const before = await live();
    await store.save(before, { ...before, path: `/p-${randomUUID()}` });
    const changed = await store.get(workspace, before.id);
    expect(claimsOf(changed)).toHaveLength(2);
    await expect(stored({ path: before.path })).rejects.toBeInstanceOf(AppError);
    await expect(stored({ path: changed.path })).rejects.toBeInstanceOf(AppError);
    await store.save(changed, { ...changed, deployment: snapshotOf(changed) });
    expect(await store.route(workspace, snapshotOf(before).name, 'GET')).toBeUndefined();
    await stored({ path: before.path });
  });

  test('that are being built are held while the record moves on', async () => {
    const before = await stored();
    await store.save(before, { ...before, status: 'build', building: snapshotOf(before), attempt: 1 });
    const building = await store.get(workspace, before.id);
    await store.save(building, { ...building, path: `/p-${randomUUID()}` });
    await expect(stored({ path: before.path })).rejects.toMatchObject({ code: 'CALLBACK_EXISTS' });
  });

  test('are gone with their callback', async () => {
    const record = await live();
    await store.save(record, undefined);
    expect(await store.route(workspace, snapshotOf(record).name, 'GET')).toBeUndefined();
    await stored({ path: record.path });
  });
});

describe('a build', () => {
  const order = ({ id, attempt }: CallbackRecord) => ({ workspace, callbackId: id, attempt });

  test('that is no longer the newest attempt changes nothing', async () => {
    const record = await stored({ status: 'build', attempt: 2 });
    await conclude({ ...order(record), attempt: 1 }, { callbacks: store }, (current) => ({
      ...current,
      status: 'failed',
    }));
    expect((await store.get(workspace, record.id)).status).toBe('build');
    await conclude(order(record), { callbacks: store }, (current) => ({ ...current, status: 'failed' }));
    expect((await store.get(workspace, record.id)).status).toBe('failed');
  });

  test('after an undeploy, or of a callback that is gone, changes nothing', async () => {
    const record = await stored({ status: 'undeployed', attempt: 3 });
    await conclude(order(record), { callbacks: store }, (current) => ({ ...current, status: 'deployed' }));
    expect((await store.get(workspace, record.id)).status).toBe('undeployed');
    await store.save(record, undefined);
    await conclude(order(record), { callbacks: store }, (current) => ({ ...current, status: 'deployed' }));
    expect(await store.find(workspace, record.id)).toBeUndefined();
  });

  test('whose time is over is seen as failed', async () => {
    const record = await stored({ status: 'build', attempt: 1, buildDeadlineAt: clock.now() + 10 });
    expect(expireLostBuild(record, clock.now()).status).toBe('build');
    expect(expireLostBuild(record, clock.now() + 10)).toMatchObject({ status: 'failed' });
  });
});

describe('counters', () => {
  test('give each id once, also to many at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => counters.nextId('ws-ids', 'chats')));
    expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test('go on after an id, never back', async () => {
    await counters.goOnAfter('ws-after', 'callbacks', 1002);
    await counters.goOnAfter('ws-after', 'callbacks', 5);
    expect(await counters.nextId('ws-after', 'callbacks')).toBe(1003);
  });

  test('refuse the callback after the last one there is room for', async () => {
    const one = () => transact(db, [counters.oneMore('ws-full', 'callbacks')]);
    for (let count = 0; count < CALLBACK_LIMITS.callbacks; count += 50)
      await Promise.all(
        Array.from({ length: 50 }, () => counters.oneMore('ws-full', 'callbacks')).map((write) =>
          transact(db, [write]),
        ),
      );
    await expect(one()).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await transact(db, [counters.oneLess('ws-full', 'callbacks')]);
    await one();
  });
});

test('seeds are written, and restored by writing them again', async () => {
  const ports = { clock, callbacks: store, counters, sources };
  const seeded = await seed('ws-seed', ports);
  expect(seeded.map(({ id, path, method, language }) => [id, path, method, language])).toEqual([
    [1001, 'hello', 'GET', 'python'],
    [1002, 'world', 'GET', 'node'],
  ]);
  const hello = await store.get('ws-seed', 1001);
  await store.save(hello, { ...hello, path: 'moved', status: 'deployed', deployment: snapshotOf(hello), attempt: 4 });
  await seed('ws-seed', ports);
  const restored = await store.get('ws-seed', 1001);
  expect(restored).toMatchObject({ path: 'hello', status: 'pending', attempt: 5 });
  expect(restored.deployment).toBeUndefined();
  expect((await store.route('ws-seed', 'hello', 'GET'))?.deployment).toBeUndefined();
  expect(await counters.nextId('ws-seed', 'callbacks')).toBe(1003);
});
