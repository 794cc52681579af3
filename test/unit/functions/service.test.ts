import { cleanUp, type CleanUpPorts } from '../../../lambdas/functions/cleanup/clean-up';
import { CleanUpStore } from '../../../lambdas/functions/cleanup/clean-up-store';
import {
  createFunction,
  deleteFunction,
  getFunction,
  listFunctions,
  updateFunction,
} from '../../../lambdas/functions/registry/functions';
import { invokeFunction } from '../../../lambdas/functions/invoke/invoke';
import { functionMetrics, lokiLogs } from '../../../lambdas/functions/observability/live';
import { functionLogs, workspaceLogs } from '../../../lambdas/functions/invoke/logs';
import { lokiSource } from '../../../lambdas/functions/observability/loki-source';
import { prometheusSource } from '../../../lambdas/functions/observability/prometheus-source';
import {
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  listWorkspaces,
} from '../../../lambdas/functions/workspaces/workspaces';
import { openTargets } from '../../../lambdas/platform/outbound/target';
import { printedErrors } from '../../support/printed-errors';
import { testDynamo } from '../../support/aws';
import { closeServers, context, keyFor, serve, testService, type TestService, INPUT } from './support';

afterEach(closeServers);

const query = { limit: 50 };
const workspaceId = 'ws-default';

async function newFunction(
  { ports }: TestService,
  workspace = workspaceId,
  settings: Partial<typeof INPUT> = {},
): Promise<{ workspaceId: string; functionId: string }> {
  const { body } = await createFunction(ports)(
    { params: { workspaceId: workspace }, query: undefined, body: { ...INPUT, ...settings } },
    context(),
  );
  return { workspaceId: workspace, functionId: body.id };
}

const change = (
  ports: TestService['ports'],
  params: { workspaceId: string; functionId: string },
  invocationUrl: string,
) =>
  updateFunction(ports)(
    {
      params,
      query: undefined,
      body: { invocationUrl, ...UNCHANGED },
    },
    context(),
  );
const UNCHANGED = {
  name: undefined,
  description: undefined,
  runtime: undefined,
  memory: undefined,
  timeout: undefined,
  httpMethods: undefined,
  environmentVariables: undefined,
  code: undefined,
  status: undefined,
  lastDeployed: undefined,
};

const invoke = (ports: TestService['ports'], params: { workspaceId: string; functionId: string }, body = '{"id":1}') =>
  invokeFunction(ports)({ params, query: { raw: undefined }, body: Buffer.from(body) }, context());

describe('a function that is deployed elsewhere', () => {
  test('is called, logged and counted', async () => {
    const port = await serve((_request, response) => response.writeHead(201).end('{"ok":true}'));
    const open = openTargets(`shop.example:${port}`);
    const room = await testService({ outbound: { resolve: () => Promise.resolve(['127.0.0.1']), open, ownHosts: [] } });
    const params = await newFunction(room);
    await change(room.ports, params, `http://shop.example:${port}/run`);
    const { body: log } = await invoke(room.ports, params);
    expect(log).toMatchObject({
      statusCode: 201,
      status: 'success',
      responseBody: { ok: true },
      requestBody: { id: 1 },
      logs: [],
    });
    expect((await functionLogs(room.ports)({ params, query, body: undefined }, context())).body.logs).toEqual([log]);
    expect(
      (await getFunction(room.ports)({ params, query: undefined, body: undefined }, context())).body.invocations24h,
    ).toBe(1);
  });

  test('a redirect is an error result, and is not followed', async () => {
    const port = await serve((_request, response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end());
    const open = openTargets(`shop.example:${port}`);
    const room = await testService({ outbound: { resolve: () => Promise.resolve(['127.0.0.1']), open, ownHosts: [] } });
    const params = await newFunction(room);
    await change(room.ports, params, `http://shop.example:${port}/run`);
    expect((await invoke(room.ports, params)).body).toMatchObject({
      statusCode: 302,
      status: 'error',
      responseBody: { data: '' },
    });
  });

  test('is refused without a log when its name turns out to lead inside', async () => {
    const room = await testService();
    const params = await newFunction(room);
    await change(room.ports, params, 'http://shop.example/run');
    await expect(invoke(room.ports, params)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
    expect((await functionLogs(room.ports)({ params, query, body: undefined }, context())).body.total).toBe(0);
    expect((await room.ports.counters.of(params.workspaceId, params.functionId)).invocations).toBe(0);
  });

  test('that cannot be reached, or is too slow, is logged with its status', async () => {
    const port = await serve(() => undefined);
    const open = openTargets(`slow.example:${port},dead.example:9`);
    const room = await testService({
      outbound: { resolve: () => Promise.resolve(['127.0.0.1']), open, ownHosts: [] },
    });
    const params = await newFunction(room, workspaceId, { timeout: 1 });
    await change(room.ports, params, `http://slow.example:${port}/`);
    await expect(invoke(room.ports, params)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await change(room.ports, params, 'http://dead.example:9/');
    await expect(invoke(room.ports, params)).rejects.toMatchObject({ code: 'INVOCATION_ERROR' });
    const { logs } = (await functionLogs(room.ports)({ params, query, body: undefined }, context())).body;
    expect(logs.map(({ statusCode }) => statusCode).sort()).toEqual([503, 504]);
    expect(JSON.stringify(logs)).not.toContain('127.0.0.1');
  });
});

test('no capacity is 503, with one log and one count', async () => {
  const room = await testService();
  const params = await newFunction(room);
  await expect(invoke(room.ports, params)).rejects.toMatchObject({ code: 'INVOCATION_ERROR' });
  const { logs } = (await workspaceLogs(room.ports)({ params: { workspaceId }, query, body: undefined }, context()))
    .body;
  expect(logs).toMatchObject([{ statusCode: 503, status: 'error' }]);
  expect(await room.ports.counters.of(workspaceId, params.functionId)).toMatchObject({ invocations: 1, errors: 1 });
});

test('counts age out by time alone', async () => {
  const room = await testService();
  const params = await newFunction(room);
  await expect(invoke(room.ports, params)).rejects.toMatchObject({ code: 'INVOCATION_ERROR' });
  const count = async () => (await room.ports.counters.of(workspaceId, params.functionId)).invocations;
  room.clock.advance(23 * 3_600_000);
  expect(await count()).toBe(1);
  room.clock.advance(2 * 3_600_000);
  expect(await count()).toBe(0);
});

test('a key sees its workspaces only, on every route', async () => {
  const room = await testService();
  const { ports } = room;
  const { body: other } = await createWorkspace(ports)(
    { params: undefined, query: undefined, body: { name: 'Other', description: '' } },
    context(),
  );
  const params = await newFunction(room, other.id);
  const caller = context(keyFor('ws-mine'));
  const none = { query: undefined, body: undefined };
  const mine = await listWorkspaces(ports)({ params: undefined, ...none }, caller);
  expect(mine.body.map(({ id }) => id)).toEqual(['ws-mine']);
  const attempts = [
    getWorkspace(ports)({ params, ...none }, caller),
    deleteWorkspace(ports)({ params, ...none }, caller),
    listFunctions(ports)({ params, ...none }, caller),
    createFunction(ports)({ params, query: undefined, body: INPUT }, caller),
    getFunction(ports)({ params, ...none }, caller),
    updateFunction(ports)({ params, query: undefined, body: { ...UNCHANGED, name: 'x' } }, caller),
    deleteFunction(ports)({ params, ...none }, caller),
    invokeFunction(ports)({ params, query: { raw: undefined }, body: Buffer.from('{}') }, caller),
    functionLogs(ports)({ params, query, body: undefined }, caller),
    workspaceLogs(ports)({ params, query, body: undefined }, caller),
    lokiLogs(ports)({ params, query, body: undefined }, caller),
    functionMetrics(ports)({ params, ...none }, caller),
  ];
  for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await getWorkspace(ports)({ params, ...none }, context())).body.functionCount).toBe(1);
});

test('what a deletion left is removed step by step, also after a crash', async () => {
  const room = await testService();
  const { ports, tables, clock } = room;
  const { body: workspace } = await createWorkspace(ports)(
    { params: undefined, query: undefined, body: { name: 'W', description: '' } },
    context(),
  );
  const params = await newFunction(room, workspace.id);
  await expect(invoke(ports, params)).rejects.toMatchObject({ code: 'INVOCATION_ERROR' });
  const run = (await functionLogs(ports)({ params, query, body: undefined }, context())).body.logs[0]?.id ?? '';
  const { code } = await ports.functions.get(params.workspaceId, params.functionId);
  await deleteWorkspace(ports)({ params, query: undefined, body: undefined }, context());

  const store = new CleanUpStore(testDynamo(), tables);
  const { functions, codes, blobs, index } = ports;
  let crashes = 3;
  const deleteLines = (): Promise<void> => (crashes-- > 0 ? Promise.reject(new Error('crash')) : Promise.resolve());
  const removeApp = () => Promise.resolve();
  const cleaner: CleanUpPorts = { clock, store, functions, codes, blobs, index, deleteLines, removeApp };
  const printed = await printedErrors(async () => {
    expect((await cleanUp(cleaner, () => 60_000)).left).toBe(1);
    expect(await ports.store.get(workspace.id, run, clock.now())).toBeDefined();
    while ((await cleanUp(cleaner, () => 60_000)).left > 0) expect(crashes).toBeGreaterThan(-5);
  });
  const report = expect.stringMatching(`^cannot clean up ${params.functionId} Error: crash\n`) as unknown;
  expect(printed).toEqual([report, report, report]);
  expect(await store.tasks()).toEqual([]);
  expect(await ports.store.get(workspace.id, run, clock.now())).toBeUndefined();
  expect((await ports.counters.of(workspace.id, params.functionId)).invocations).toBe(0);
  const fresh = await testService({ codes });
  await expect(fresh.ports.codes.get(workspace.id, 'fn-other', code)).rejects.toThrow('No code');
  await expect(getWorkspace(ports)({ params, query: undefined, body: undefined }, context())).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

describe('configured sources', () => {
  const live = async (port: number) => {
    const base = `http://127.0.0.1:${port}`;
    const room = await testService({ logSource: lokiSource(base, Date.now), metricsSource: prometheusSource(base) });
    return { room, params: await newFunction(room) };
  };

  test('Loki’s streams become one list, newest first', async () => {
    const result = [
      {
        stream: { pod: 'a' },
        values: [
          ['1795223762411000001', 'three\n'],
          ['1795223762411000000', 'two'],
        ],
      },
      { stream: { pod: 'b' }, values: [['1795223762410000000', 'one']] },
    ];
    let asked = '';
    const port = await serve((request, response) => {
      asked = decodeURIComponent(request.url ?? '');
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'streams', result } }));
    });
    const { room, params } = await live(port);
    const { body } = await lokiLogs(room.ports)({ params, query: { limit: 2 }, body: undefined }, context());
    expect(body.logs.map(({ line }) => line)).toEqual(['three', 'two']);
    expect(asked).toContain(`{function_id="${params.functionId}"}`);
  });

  test.each([
    ['not json', 200, 'LOKI_ERROR', 'PROMETHEUS_ERROR'],
    ['{"status":"error"}', 200, 'LOKI_ERROR', 'PROMETHEUS_CONNECTION_ERROR'],
    ['{"status":"error"}', 422, 'LOKI_ERROR', 'PROMETHEUS_CONNECTION_ERROR'],
    ['it broke', 500, 'LOKI_ERROR', 'PROMETHEUS_CONNECTION_ERROR'],
    ['', 503, 'LOKI_CONNECTION_ERROR', 'PROMETHEUS_CONNECTION_ERROR'],
  ])('an answer %j with %d', async (text, status, logsCode, metricsCode) => {
    const { room, params } = await live(await serve((_request, response) => response.writeHead(status).end(text)));
    const { ports } = room;
    await expect(lokiLogs(ports)({ params, query, body: undefined }, context())).rejects.toMatchObject({
      code: logsCode,
    });
    const metrics = functionMetrics(ports)({ params, query: undefined, body: undefined }, context());
    await expect(metrics).rejects.toMatchObject({ code: metricsCode });
  });

  test('nobody there is 503', async () => {
    const room = await testService();
    const params = await newFunction(room);
    await expect(lokiLogs(room.ports)({ params, query, body: undefined }, context())).rejects.toMatchObject({
      code: 'LOKI_CONNECTION_ERROR',
    });
  });

  test('one failing metric query leaves the other’s half; minutes without a sample are 0', async () => {
    const port = await serve((request, response) => {
      if (request.url?.startsWith('/api/v1/query?')) {
        response.writeHead(500).end();
        return;
      }
      const now = Math.floor(Date.UTC(2026, 10, 21, 4) / 1000);
      const values = [
        [now - 240, '0.5'],
        [now - 120, '0.25'],
      ];
      response.end(
        JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } }),
      );
    });
    const { room, params } = await live(port);
    const { body } = await functionMetrics(room.ports)({ params, query: undefined, body: undefined }, context());
    expect(body).toMatchObject({ status: 'partial', data: { cpu_total: null, raw_instant: null } });
    expect(body.data.cpu_series.map(({ value }) => value)).toEqual([0.5, 0, 0.25, 0]);
  });
});
