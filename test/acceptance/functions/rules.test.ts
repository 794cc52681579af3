import * as z from 'zod';
import { functionsRoutes } from '../../../lambdas/functions/routes';
import { get, post, read, refusal, send } from '../../support/api';
import {
  base64,
  configOf,
  firstFunction,
  FunctionConfig,
  invoke,
  logsOf,
  newFunction,
  newWorkspace,
  patch,
  PYTHON,
  Workspace,
} from './support';

/** Rows of the contract that no other file has: edges that are just taken, and rules that hold for every path. */

const create = (body: Record<string, unknown>, workspace = 'ws-default') =>
  post(`/api/workspaces/${workspace}/functions`, { name: 'x', code: base64(PYTHON), ...body });

describe('what is just within its limits is taken', () => {
  test.each<[string, unknown]>([
    ['name', '😀'.repeat(100)],
    ['description', '한'.repeat(1_000)],
    ['memory', 128],
    ['memory', 1024],
    ['timeout', 1],
    ['timeout', 900],
    ['httpMethods', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']],
    ['code', base64('#'.repeat(256 * 1024))],
    ['runtime', 'Python 3.9'],
    ['runtime', 'nodejs18.x'],
  ])('%s', async (name, value) => {
    const { id } = await newWorkspace();
    const config = read(await create({ [name]: value }, id), 201, FunctionConfig);
    expect(config[name as keyof FunctionConfig]).toEqual(value);
  });

  test('fifty names and 4 KB of environment', async () => {
    const { id } = await newWorkspace();
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`A${n}`, 'x']));
    const config = read(await create({ environmentVariables: fifty }, id), 201, FunctionConfig);
    expect(Object.keys(config.environmentVariables)).toEqual(Object.keys(fifty));
    expect((await create({ environmentVariables: { A: 'x'.repeat(4_095) } }, id)).status).toBe(201);
  });
});

test('names need not be unique, are trimmed, and unknown fields are ignored', async () => {
  const { id } = await newWorkspace();
  const body = {
    name: '  같은 이름 ',
    invocationUrl: 'http://127.0.0.1/',
    lastDeployed: 5,
    status: 'failed',
    nope: {},
  };
  const one = read(await create(body, id), 201, FunctionConfig);
  const two = read(await create(body, id), 201, FunctionConfig);
  expect([one.name, two.name]).toEqual(['같은 이름', '같은 이름']);
  expect(one).toMatchObject({ invocationUrl: null, lastDeployed: null, status: 'active' });
  expect(one.id).not.toBe(two.id);
});

test('a body that is too large, too deep or reaches for a prototype is refused', async () => {
  const { path } = await newFunction();
  const large = `{"name":"x","code":"${'A'.repeat(6.5 * 1024 * 1024)}"}`;
  refusal(await send('POST', '/api/workspaces/ws-default/functions', { raw: large }), 413, 'PAYLOAD_TOO_LARGE');
  const deep = '['.repeat(65) + ']'.repeat(65);
  for (const raw of [`{"name":"x","code":${deep}}`, '{"name":"x","__proto__":{}}'])
    refusal(await send('POST', '/api/workspaces/ws-default/functions', { raw }), 400, 'INVALID_JSON');
  refusal(await send('POST', `${path}/invoke`, { raw: '{"constructor":1}' }), 400, 'INVALID_JSON');
  const widest = '['.repeat(64) + ']'.repeat(64);
  expect((await send('POST', `${path}/invoke`, { raw: widest })).status).toBe(200);
});

test('environment values are there when the module is imported, and the import counts into the time limit', async () => {
  const source = 'import os, time\nKEY = os.environ["KEY"]\ntime.sleep(float(KEY))\ndef handler(e):\n    return KEY\n';
  const { path } = await newFunction(source, { timeout: 1, environmentVariables: { KEY: '0.3' } });
  const log = await invoke(path);
  expect(log.responseBody).toBe('0.3');
  expect(log.duration).toBeGreaterThanOrEqual(300);
  await patch(path, { environmentVariables: { KEY: '30' } });
  refusal(await post(`${path}/invoke`, {}), 504, 'TIMEOUT');
});

test('500 calls, twenty at a time, are counted 500 times, with their mean', async () => {
  const { path, workspace } = await firstFunction('def handler(e):\n    return e["body"] % 5 or {"statusCode": 500}\n');
  const numbers = Array.from({ length: 500 }, (_, number) => number);
  const statuses: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let number = numbers.pop(); number !== undefined; number = numbers.pop())
        statuses.push((await invoke(path, number)).statusCode);
    }),
  );
  expect(statuses.filter((status) => status === 500)).toHaveLength(100);
  const logs = await logsOf(path, '?limit=1000');
  expect(new Set(logs.map(({ id }) => id)).size).toBe(500);
  const mean = logs.reduce((sum, { duration }) => sum + duration, 0) / 500;
  expect(await configOf(path)).toMatchObject({ invocations24h: 500, errors24h: 100, avgDuration: Math.round(mean) });
  expect(read(await get(workspace), 200, Workspace)).toMatchObject({ invocations24h: 500, errorRate: 20 });
}, 180_000);

test('a mask with no value behind it is refused when a function is made, as when it is changed', async () => {
  const refused = refusal(await create({ environmentVariables: { A: '********' } }), 400, 'VALIDATION_ERROR');
  expect(refused.details).toMatchObject({ field: 'environmentVariables.A' });
});

test.each(['name', 'description'])('a NUL in %s is refused', async (field) => {
  const refused = refusal(await create({ [field]: 'a\0b' }), 400, 'VALIDATION_ERROR');
  expect(refused.details).toMatchObject({ field });
});

test('an invoke repeated with its key after its function was deleted is 404', async () => {
  const { path } = await newFunction();
  const headers = { 'Idempotency-Key': `deleted-${Date.now()}` };
  expect((await post(`${path}/invoke`, {}, { headers })).status).toBe(200);
  expect((await send('DELETE', path)).status).toBe(204);
  refusal(await post(`${path}/invoke`, {}, { headers }), 404, 'NOT_FOUND');
});

test('the same key makes one function', async () => {
  const { id } = await newWorkspace();
  const headers = { 'Idempotency-Key': `create-${Date.now()}` };
  const path = `/api/workspaces/${id}/functions`;
  const body = { name: 'once', code: base64(PYTHON) };
  const first = await post(path, body, { headers });
  expect((await post(path, body, { headers })).text).toBe(first.text);
  expect(read(await get(path), 200, z.array(FunctionConfig))).toHaveLength(1);
});

describe('every path of the table', () => {
  let names: Record<string, string>;
  beforeAll(async () => {
    const { config } = await firstFunction();
    names = { workspaceId: config.workspaceId, functionId: config.id };
  });
  const filled = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '');
  const paths = [...new Set(Object.values(functionsRoutes).map(({ path }) => path))];

  test.each(paths)('%s names its methods to another one', async (path) => {
    const served = Object.values(functionsRoutes).filter((route) => route.path === path);
    const answer = await send('PUT', filled(path), { json: {} });
    refusal(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe(
      served
        .map(({ method }) => method)
        .sort()
        .join(', '),
    );
  });

  const read200 = Object.values(functionsRoutes).filter(({ method }) => method === 'GET');
  test.each(read200.map(({ path }) => path))('GET %s answers the same with a slash', async (path) => {
    const [plain, slashed] = [await get(filled(path)), await get(`${filled(path)}/`)];
    expect([plain.status, slashed.status]).toEqual([200, 200]);
    // All workspaces: other tests make some meanwhile.
    if (path !== '/api/workspaces') expect(JSON.parse(slashed.text)).toEqual(JSON.parse(plain.text));
  });

  test('and what is posted, changed and deleted may end with one, too', async () => {
    const workspace = read(await post('/api/workspaces/', { name: 'slash' }), 201, Workspace);
    const base = `/api/workspaces/${workspace.id}`;
    const made = read(await post(`${base}/functions/`, { name: 'x', code: base64(PYTHON) }), 201, FunctionConfig);
    expect((await patch(`${base}/`, { name: 'y' })).status).toBe(200);
    expect((await patch(`${base}/functions/${made.id}/`, { name: 'y' })).status).toBe(200);
    expect((await post(`${base}/functions/${made.id}/invoke/`, {})).status).toBe(200);
    expect((await send('DELETE', `${base}/functions/${made.id}/`)).status).toBe(204);
    expect((await send('DELETE', `${base}/`)).status).toBe(204);
  });
});

test('a path of this API that nobody serves is never a callback', async () => {
  for (const path of ['/api/workspaces/ws-default/nothing', '/api/functions', '/api/functions/fn-1/nothing'])
    refusal(await post(path, {}), 404, 'ROUTE_NOT_FOUND');
});
