import { AppError } from '../../../lambdas/platform/http/errors';
import { RateLimit } from '../../../lambdas/platform/rate-limit';
import { CleanUpStore } from '../../../lambdas/functions/cleanup/clean-up-store';
import { cleanUp } from '../../../lambdas/functions/cleanup/clean-up';
import { SourceStore } from '../../../lambdas/engine/store/source-store';
import { createFunction, deleteFunction, listFunctions } from '../../../lambdas/functions/registry/functions';
import { invokeFunction } from '../../../lambdas/functions/invoke/invoke';
import { functionLogs, workspaceLogs } from '../../../lambdas/functions/invoke/logs';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { storeFailed } from '../../../lambdas/platform/dynamo/store-errors';
import { testDynamo, testS3 } from '../../support/aws';
import { context, testService, type TestService, INPUT } from './support';

/** When something under the service fails, or is too much (docs/contracts/functions.md#bad-input). */

const workspaceId = 'ws-default';
const none = { query: undefined, body: undefined };
const query = { limit: 50 };

async function newFunction({ ports }: TestService) {
  const { body } = await createFunction(ports)({ params: { workspaceId }, query: undefined, body: INPUT }, context());
  return { workspaceId, functionId: body.id };
}

const invoke = ({ ports }: TestService, params: { workspaceId: string; functionId: string }) =>
  invokeFunction(ports)({ params, query: { raw: undefined }, body: Buffer.from('{}') }, context());

test('too many calls at once are 429 with Retry-After, without a log', async () => {
  const room = await testService();
  const params = await newFunction(room);
  const limited: TestService = {
    ...room,
    ports: { ...room.ports, rateLimit: new RateLimit(room.clock, { perSecond: 1, burst: 1 }) },
  };
  await expect(invoke(limited, params)).rejects.toMatchObject({ code: 'INVOCATION_ERROR' });
  const refused = await invoke(limited, params).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(AppError);
  expect(refused).toMatchObject({ code: 'RATE_LIMITED' });
  expect((refused as AppError).headers['Retry-After']).toMatch(/^[1-9]\d*$/);
  const { body } = await functionLogs(room.ports)({ params, query, body: undefined }, context());
  expect(body.total).toBe(1);
});

test('a fault of the platform while storing leaves no function, and says CREATE_ERROR', async () => {
  const room = await testService();
  // A bucket that is not there: code is stored first.
  const codes = new SourceStore(testS3(), 'no-such-bucket-of-this-test');
  const broken: TestService = { ...room, ports: { ...room.ports, codes } };
  await expect(newFunction(broken)).rejects.toMatchObject({
    code: 'CREATE_ERROR',
  });
  const { body } = await listFunctions(room.ports)({ params: { workspaceId }, ...none }, context());
  expect(body).toEqual([]);
  const workspace = await room.ports.workspaces.get(workspaceId);
  expect(workspace).toMatchObject({ functionCount: 0, codeChars: 0 });
});

test('a fault while listing is LIST_ERROR, a store that is down 503', async () => {
  const room = await testService();
  const params = await newFunction(room);
  const failing = (error: unknown): TestService['ports'] => {
    const index = new RunIndex(testDynamo(), room.tables.runs);
    index.read = () => Promise.reject(error instanceof Error ? error : new Error(String(error)));
    index.ended = async function* () {
      await Promise.resolve();
      yield [{ pk: 'p', sk: 's' }] as never;
    };
    return { ...room.ports, index };
  };
  const bug = failing(new Error('a bug'));
  const both = (ports: TestService['ports']) => [
    functionLogs(ports)({ params, query, body: undefined }, context()),
    workspaceLogs(ports)({ params: { workspaceId }, query, body: undefined }, context()),
  ];
  for (const listing of both(bug)) await expect(listing).rejects.toMatchObject({ code: 'LIST_ERROR' });
  const throttled = Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' });
  const down = await Promise.resolve()
    .then(() => storeFailed(throttled))
    .catch((error: unknown) => error);
  for (const listing of both(failing(down)))
    await expect(listing).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test('deleting a function with more than a hundred logs leaves none of them', async () => {
  const room = await testService();
  const { ports, tables } = room;
  const params = await newFunction(room);
  for (let batch = 0; batch < 13; batch += 1)
    await Promise.all(
      Array.from({ length: 10 }, () =>
        expect(invoke(room, params)).rejects.toMatchObject({ code: 'INVOCATION_ERROR' }),
      ),
    );
  const logs = async () =>
    (await functionLogs(ports)({ params, query: { limit: 1_000 }, body: undefined }, context())).body.logs;
  const ids = (await logs()).map(({ id }) => id);
  expect(ids).toHaveLength(130);
  await deleteFunction(ports)({ params, ...none }, context());
  const store = new CleanUpStore(testDynamo(), tables);
  const { functions, codes, blobs, index, clock } = ports;
  const nothing = () => Promise.resolve();
  const cleaner = { clock, store, functions, codes, blobs, index, deleteLines: nothing, removeApp: nothing };
  while ((await cleanUp(cleaner, () => 60_000)).left > 0) expect(await store.tasks()).not.toEqual([]);
  expect(await store.tasks()).toEqual([]);
  for (const id of ids) expect(await ports.store.get(workspaceId, id, clock.now())).toBeUndefined();
  expect(await ports.counters.of(workspaceId, params.functionId)).toMatchObject({ invocations: 0, errors: 0 });
});
