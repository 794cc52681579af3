import {
  AppNameTaken,
  NamespaceMissing,
  TargetRefused,
  TargetUnavailable,
} from '../../../../lambdas/builds/deploy-target';
import { FunctionChange } from '../../../../lambdas/functions/contract';
import { deleteFunction, updateFunction } from '../../../../lambdas/functions/registry/functions';
import { CleanUpStore } from '../../../../lambdas/functions/cleanup/clean-up-store';
import { testDynamo } from '../../../support/aws';
import { context, keyFor } from '../../functions/support';
import { deployService, READY, WAITING, type DeployService } from './support';

const none = { query: undefined, body: undefined };
const rowOf = ({ ports }: DeployService, of: { workspaceId: string; functionId: string }) =>
  ports.functions.get(of.workspaceId, of.functionId);

test('a deploy is told where the app answers, and its function as well', async () => {
  const room = await deployService();
  const params = await room.newFunction();
  const answer = await room.deploy({ app_name: 'Stock Watch', function_id: params.functionId, replicas: 3 });
  expect(answer).toEqual({
    app_name: 'stockwatch',
    namespace: 'default',
    service_name: 'stockwatch',
    service_status: 'found',
    endpoint: READY.endpoint,
    enable_autoscaling: true,
    use_spot: false,
    error: null,
    target: 'lambda',
    ignored_fields: ['replicas'],
    warnings: ['replicas: Lambda scales by itself'],
  });
  expect(room.lambda.applied).toMatchObject([
    { functionId: params.functionId, workspaceId: 'ws-default', settings: { memoryMb: 128, timeoutSeconds: 5 } },
  ]);
  expect(room.lambda.applied[0]?.image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await rowOf(room, params)).toMatchObject({
    status: 'active',
    invocationUrl: READY.endpoint,
    issued: { url: READY.endpoint, target: 'lambda' },
    lastDeployed: room.clock.now(),
  });
});

test('a function is `deploying` in between, `failed` after a failure, and what it had before stays', async () => {
  const seen: string[] = [];
  const room: DeployService = await deployService({
    startDeploy: async (_name, order) => {
      seen.push((await rowOf(room, params)).status);
      await room.run(order);
    },
  });
  const params = await room.newFunction();
  await room.deploy({ app_name: 'a', function_id: params.functionId });
  room.lambda.answers = [new TargetRefused('No.')];
  const again = room.deploy({ app_name: 'a', function_id: params.functionId });
  await expect(again).rejects.toMatchObject({ code: 'DEPLOY_ERROR', message: 'No.' });
  expect(seen).toEqual(['deploying', 'deploying']);
  expect(await rowOf(room, params)).toMatchObject({ status: 'failed', invocationUrl: READY.endpoint });
  room.lambda.answers = [READY];
  await room.deploy({ app_name: 'a', function_id: params.functionId });
  expect((await rowOf(room, params)).status).toBe('active');
});

test('a disabled function stays disabled', async () => {
  const room = await deployService();
  const params = await room.newFunction();
  const body = FunctionChange.parse({ status: 'disabled' });
  await updateFunction(room.ports)({ params, query: undefined, body }, context());
  await room.deploy({ app_name: 'a', function_id: params.functionId });
  expect(await rowOf(room, params)).toMatchObject({ status: 'disabled', invocationUrl: READY.endpoint });
});

test.each([
  [new TargetUnavailable('away'), 'TARGET_UNAVAILABLE'],
  [new TargetRefused('no'), 'DEPLOY_ERROR'],
  [new AppNameTaken('taken'), 'APP_NAME_CONFLICT'],
  [new NamespaceMissing('missing'), 'NAMESPACE_NOT_FOUND'],
])('what a target says of a failure is the answer: %s', async (error, code) => {
  const room = await deployService();
  room.lambda.answers = [error];
  await expect(room.deploy({ app_name: 'a' })).rejects.toMatchObject({ code, message: error.message });
});

describe('names', () => {
  test('belong to the function that first has them; another gets one of its own, always the same', async () => {
    const room = await deployService();
    const [one, other] = ['fn-one', 'fn-other'];
    expect((await room.deploy({ app_name: 'hello', function_id: one })).app_name).toBe('hello');
    expect((await room.deploy({ app_name: 'hello', function_id: one })).app_name).toBe('hello');
    const { app_name } = await room.deploy({ app_name: 'Hello', function_id: other });
    expect(app_name).toMatch(/^hello[0-9a-f]{6}$/);
    expect((await room.deploy({ app_name: 'hello', function_id: other })).app_name).toBe(app_name);
    expect((await room.deploy({ app_name, function_id: other })).app_name).toBe(app_name);
    expect((await room.deploy({ app_name: 'hello', function_id: other, namespace: 'shop' })).app_name).toBe('hello');
    await expect(room.deploy({ app_name: 'hello' })).rejects.toMatchObject({ code: 'APP_NAME_CONFLICT' });
  });

  test('without a function are for whoever comes, and then the first function’s', async () => {
    const room = await deployService();
    await room.deploy({ app_name: 'hello' });
    await room.deploy({ app_name: 'hello' });
    expect((await room.deploy({ app_name: 'hello', function_id: 'fn-one' })).app_name).toBe('hello');
    await expect(room.deploy({ app_name: 'hello' })).rejects.toMatchObject({ code: 'APP_NAME_CONFLICT' });
  });

  test('left out make a new app each time', async () => {
    const room = await deployService();
    const names = [await room.deploy({}), await room.deploy({ function_id: 'fn-one' })].map((one) => one.app_name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^spin[a-z]+\d{4}$/);
  });

  test('of a workspace are not for callers who may not see it', async () => {
    const room = await deployService();
    const theirs = keyFor('ws-theirs');
    const mine = { principal: keyFor('ws-mine') };
    await room.deploy({ app_name: 'hello' }, { principal: theirs });
    await room.deploy({ app_name: 'owned', function_id: 'fn-x' }, { principal: theirs });
    await expect(room.deploy({ app_name: 'hello' }, mine)).rejects.toMatchObject({ code: 'APP_NAME_CONFLICT' });
    const { app_name } = await room.deploy({ app_name: 'owned', function_id: 'fn-x' }, mine);
    expect(app_name).toMatch(/^owned[0-9a-f]{6}$/);
  });

  test('a function of another workspace is not told anything, and nothing is known by its id', async () => {
    const room = await deployService();
    await room.ports.workspaces.insert({
      id: 'ws-theirs',
      name: 'T',
      description: '',
      createdAt: 0,
      functionCount: 0,
      codeChars: 0,
      settingsBytes: 0,
    });
    const params = await room.newFunction('ws-theirs');
    const before = await rowOf(room, params);
    await room.deploy({ app_name: 'spy', function_id: params.functionId }, { principal: keyFor('ws-mine') });
    expect(await rowOf(room, params)).toEqual(before);
    expect(await room.ports.functions.workspacesOf(params.functionId)).toEqual(['ws-theirs']);
    expect(room.lambda.applied[0]).toMatchObject({ workspaceId: null });
  });
});

describe('a deploy that takes long', () => {
  const slow = async () => {
    const orders: object[] = [];
    const room = await deployService({
      startDeploy: (_name, order) => {
        orders.push(order);
        return Promise.resolve();
      },
    });
    return { room, orders };
  };
  // What is left for the answer is less than one look takes.
  const impatient = { remainingMs: 3_900 };

  test('is answered as pending, goes on, and is joined by the same request', async () => {
    const { room, orders } = await slow();
    const body = { app_name: 'hello', function_id: 'fn-one', cpu_limit: '1' };
    const pending = await room.deploy(body, impatient);
    expect(pending).toMatchObject({ service_status: 'pending', endpoint: null, error: null });
    expect(await room.deploy(body, impatient)).toEqual(pending);
    expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(1);
    for (const other of [{ image_ref: room.images.other }, { cpu_limit: '2' }])
      await expect(room.deploy({ ...body, ...other }, impatient)).rejects.toMatchObject({
        code: 'DEPLOY_IN_PROGRESS',
      });
    room.lambda.answers = [WAITING, WAITING, READY];
    await room.run(orders[0] ?? {});
    expect(room.lambda.applied).toHaveLength(3);
    expect((await room.apps.find({ namespace: 'default', name: 'hello' }))?.deploy).toMatchObject({
      state: 'succeeded',
      endpoint: READY.endpoint,
    });
  });

  test('fails at its deadline, and is not waited for after that', async () => {
    const { room, orders } = await slow();
    const params = await room.newFunction();
    const body = { app_name: 'hello', function_id: params.functionId };
    await room.deploy(body, impatient);
    room.clock.advance(480_000);
    await room.deploy({ ...body, image_ref: room.images.other }, impatient);
    await room.run(orders[0] ?? {});
    expect(room.lambda.applied).toEqual([]);
    room.clock.advance(480_000);
    await room.run(orders[1] ?? {});
    expect(room.lambda.applied).toEqual([]);
    const record = await room.apps.find({ namespace: 'default', name: 'hello' });
    expect(record?.deploy).toMatchObject({ state: 'failed', failure: { code: 'DEPLOY_ERROR' } });
    expect((await rowOf(room, params)).status).toBe('failed');
  });

  test('that could not be begun is over', async () => {
    const room = await deployService({ startDeploy: () => Promise.reject(new Error('full')) });
    const params = await room.newFunction();
    const body = { app_name: 'hello', function_id: params.functionId };
    await expect(room.deploy(body)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(room.deploy({ ...body, cpu_limit: '2' })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect((await rowOf(room, params)).status).toBe('failed');
  });
});

describe('the target', () => {
  const spin = { executor: 'containerd-shim-spin', overlays: false } as const;

  test('is what the image was built for, and no other', async () => {
    const room = await deployService({ spin });
    const { component, zip } = room.images;
    expect((await room.deploy({ image_ref: component })).target).toBe('spin');
    expect(room.spin.applied).toHaveLength(1);
    const field = { code: 'VALIDATION_ERROR', details: { field: 'target' } };
    await expect(room.deploy({ image_ref: component, target: 'lambda' })).rejects.toMatchObject(field);
    await expect(room.deploy({ image_ref: zip, target: 'spin' })).rejects.toMatchObject(field);
  });

  test('spin is not there where no cluster is named', async () => {
    const room = await deployService();
    const wanted = { code: 'TARGET_UNAVAILABLE' };
    await expect(room.deploy({ image_ref: room.images.component })).rejects.toMatchObject(wanted);
    expect(room.started).toEqual([]);
  });

  test('an app that moves is taken away where it was, once it answers where it is', async () => {
    const room = await deployService({ spin });
    await room.deploy({ app_name: 'hello' });
    room.spin.answers = [WAITING, READY];
    await room.deploy({ app_name: 'hello', image_ref: room.images.component });
    expect(room.lambda.removed).toEqual([{ namespace: 'default', name: 'hello' }]);
    expect((await room.apps.find({ namespace: 'default', name: 'hello' }))?.targets).toEqual(['spin']);
  });
});

describe('refused', () => {
  test.each([
    ['a namespace', { namespace: 'elsewhere' }, 'NAMESPACE_NOT_FOUND', 'namespace'],
    ['an image that is none', { image_ref: 'not an image' }, 'VALIDATION_ERROR', 'image_ref'],
    ['a foreign registry', { image_ref: 'registry.example.net/x:1' }, 'REGISTRY_NOT_ALLOWED', 'image_ref'],
    ['a registry without a host', { image_ref: 'x:1' }, 'REGISTRY_NOT_ALLOWED', 'image_ref'],
    ['cpu', { cpu_limit: '1', cpu_request: '1500m' }, 'VALIDATION_ERROR', 'cpu_request'],
    ['memory', { memory_limit: '1Gi', memory_request: '2G' }, 'VALIDATION_ERROR', 'memory_request'],
    ['more memory than there is', { memory_limit: '11Gi' }, 'VALIDATION_ERROR', 'memory_limit'],
    ['a huge affinity', { custom_affinity: { x: 'y'.repeat(40_000) } }, 'VALIDATION_ERROR', 'custom_affinity'],
  ])('%s', async (_what, body, code, field) => {
    const room = await deployService();
    await expect(room.deploy({ app_name: 'a', ...body })).rejects.toMatchObject({ code, details: { field } });
    expect(await room.apps.find({ namespace: 'default', name: 'a' })).toBeUndefined();
  });

  test('an image that is not there', async () => {
    const room = await deployService();
    const image_ref = room.images.zip.replace(/:zip$/, ':nothing');
    await expect(room.deploy({ image_ref })).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });
});

describe('deletion', () => {
  test('of a function removes its apps, and their names are free', async () => {
    const room = await deployService();
    const params = await room.newFunction();
    const { functionId } = params;
    await room.deploy({ app_name: 'hello', function_id: functionId });
    await deleteFunction(room.ports)({ params, ...none }, context());
    expect(await room.ports.functions.workspacesOf(functionId)).toEqual([]);
    const [app] = await new CleanUpStore(testDynamo(), room.tables).apps(functionId);
    expect(app).toEqual({ namespace: 'default', name: 'hello' });
    await room.run({ kind: 'remove', app, functionId: 'fn-another' });
    expect(room.lambda.removed).toEqual([]);
    await room.run({ kind: 'remove', app, functionId });
    await room.run({ kind: 'remove', app, functionId });
    expect(room.lambda.removed).toEqual([app]);
    expect(await new CleanUpStore(testDynamo(), room.tables).apps(functionId)).toEqual([]);
    expect((await room.deploy({ app_name: 'hello' })).app_name).toBe('hello');
  });

  test('ends a deploy that is going on, and removes what it made', async () => {
    const room: DeployService = await deployService({
      startDeploy: async (_name, order) => {
        room.lambda.answers = [WAITING, READY];
        await deleteFunction(room.ports)({ params, ...none }, context());
        const app = { namespace: 'default', name: 'hello' };
        await Promise.all([room.run({ kind: 'remove', app, functionId: params.functionId }), room.run(order)]);
      },
    });
    const params = await room.newFunction();
    await room.deploy({ app_name: 'hello', function_id: params.functionId }).catch(() => undefined);
    expect(await room.apps.find({ namespace: 'default', name: 'hello' })).toBeUndefined();
    expect(room.lambda.removed).toHaveLength(1);
  });
});
