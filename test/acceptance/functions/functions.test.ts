import * as z from 'zod';
import { get, post, read, refusal, target } from '../../support/api';
import {
  base64,
  configOf,
  firstFunction,
  FunctionConfig,
  invoke,
  newFunction,
  newWorkspace,
  patch,
  PYTHON,
  remove,
} from './support';

test('answers a create with defaults, canonical code and masked values', async () => {
  const { config } = await newFunction(PYTHON, { environmentVariables: { SHOP_KEY: 'k-7719' } });
  expect(config).toMatchObject({
    description: '',
    runtime: 'Python 3.12',
    memory: 256,
    timeout: 30,
    httpMethods: ['GET'],
    environmentVariables: { SHOP_KEY: '********' },
    code: base64(PYTHON),
    invocationUrl: null,
    status: 'active',
    lastDeployed: null,
    invocations24h: 0,
    errors24h: 0,
    avgDuration: 0,
  });
});

test('keeps the order of methods, drops repeats, and white space in code', async () => {
  const spaced = base64(PYTHON).replace(/(.{10})/g, '$1\r\n ');
  const { config } = await newFunction(PYTHON, {
    httpMethods: ['post', 'GET', 'POST'],
    code: spaced,
    status: 'failed',
  });
  expect(config).toMatchObject({ httpMethods: ['POST', 'GET'], code: base64(PYTHON), status: 'active' });
});

test('lists a workspace oldest first, with code; reads one; another workspace does not have it', async () => {
  const one = await firstFunction();
  const two = await newFunction('def handler(e):\n    return 2\n', { name: '두 번째' }, one.config.workspaceId);
  const listed = read(await get(`${one.workspace}/functions/`), 200, z.array(FunctionConfig));
  expect(listed.map(({ id, code }) => [id, code])).toEqual([
    [one.config.id, one.config.code],
    [two.config.id, two.config.code],
  ]);
  expect(await configOf(one.path)).toEqual(one.config);
  const other = await newWorkspace();
  refusal(await get(`/api/workspaces/${other.id}/functions/${one.config.id}`), 404, 'NOT_FOUND');
  refusal(await get('/api/workspaces/ws-nobody0/functions'), 404, 'NOT_FOUND');
  refusal(await get(`${one.workspace}/functions/fn-unknown00`), 404, 'NOT_FOUND');
});

test('changes only the fields present; {} and what is the same change nothing', async () => {
  const { config, path } = await newFunction();
  expect(read(await patch(path, {}), 200, FunctionConfig)).toEqual(config);
  expect(read(await patch(path, { name: null, memory: 256, code: config.code }), 200, FunctionConfig)).toEqual(config);
  const changed = read(await patch(path, { timeout: 20, description: 'd' }), 200, FunctionConfig);
  expect(changed).toMatchObject({ ...config, timeout: 20, description: 'd', lastModified: changed.lastModified });
  expect(Date.parse(changed.lastModified)).toBeGreaterThan(Date.parse(config.lastModified));
  await invoke(path);
  expect((await configOf(path)).lastModified).toBe(changed.lastModified);
});

test('a mask keeps the stored value, other names go; a mask with nothing behind it is refused', async () => {
  const source =
    'import os\ndef handler(e):\n    return [os.environ.get("A"), os.environ.get("B"), os.environ.get("C")]\n';
  const { path } = await newFunction(source, { environmentVariables: { A: 'one', B: 'two' } });
  const changed = await patch(path, { environmentVariables: { A: '********', C: 'three' } });
  expect(read(changed, 200, FunctionConfig).environmentVariables).toEqual({ A: '********', C: '********' });
  expect((await invoke(path)).responseBody).toEqual(['one', null, 'three']);
  const details = refusal(
    await patch(path, { environmentVariables: { Z: '********' } }),
    400,
    'VALIDATION_ERROR',
  ).details;
  expect(details).toMatchObject({ field: 'environmentVariables.Z' });
});

test('new code runs at once', async () => {
  const { path } = await newFunction();
  read(await patch(path, { code: base64('def handler(e):\n    return "new"\n') }), 200, FunctionConfig);
  expect((await invoke(path)).responseBody).toBe('new');
});

test('takes what the console sends after a deploy, and clears it', async () => {
  const { path } = await newFunction();
  const body = { status: 'active', invocationUrl: 'orders.shop.example/run', lastDeployed: '2026-11-21T01:20:00Z' };
  expect(read(await patch(path, body), 200, FunctionConfig)).toMatchObject({
    invocationUrl: 'http://orders.shop.example/run',
    lastDeployed: '2026-11-21T10:20:00.000+09:00',
  });
  expect(read(await patch(path, { lastDeployed: '2026-11-21T01:20:00' }), 200, FunctionConfig).lastDeployed).toBe(
    '2026-11-21T10:20:00.000+09:00',
  );
  expect(read(await patch(path, { invocationUrl: null, lastDeployed: '' }), 200, FunctionConfig)).toMatchObject({
    invocationUrl: null,
    lastDeployed: null,
  });
});

test('deletes once', async () => {
  const { path, workspace } = await firstFunction();
  expect(await remove(path)).toMatchObject({ status: 204, text: '' });
  refusal(await remove(path), 404, 'NOT_FOUND');
  refusal(await post(`${path}/invoke`, {}), 404, 'NOT_FOUND');
  refusal(await get(`${path}/logs`), 404, 'NOT_FOUND');
  expect(read(await get(workspace), 200, z.object({ functionCount: z.int() })).functionCount).toBe(0);
});

test('all code of a workspace together is limited', async () => {
  const { id } = await newWorkspace();
  const full = base64('#'.repeat(256 * 1024));
  const create = (code: string) => post(`/api/workspaces/${id}/functions`, { name: 'big', code });
  for (let n = 0; n < 11; n += 1) expect((await create(full)).status).toBe(201);
  refusal(await create(base64('#'.repeat(256 * 1024))), 409, 'QUOTA_EXCEEDED');
  expect((await create(base64('# small\n'))).status).toBe(201);
}, 120_000);

const BAD: [string, unknown, string][] = [
  ['name', undefined, 'name'],
  ['name', ' ', 'name'],
  ['memory', 127, 'memory'],
  ['memory', 1025, 'memory'],
  ['memory', 256.5, 'memory'],
  ['memory', '256', 'memory'],
  ['timeout', null, 'timeout'],
  ['timeout', 0, 'timeout'],
  ['timeout', 901, 'timeout'],
  ['httpMethods', [], 'httpMethods'],
  ['httpMethods', ['FETCH'], 'httpMethods'],
  ['httpMethods', 'GET', 'httpMethods'],
  ['code', undefined, 'code'],
  ['code', '', 'code'],
  ['code', '  ', 'code'],
  ['code', 'not base64!', 'code'],
  ['code', 'eHg', 'code'],
  ['code', base64('\u00ff>?').replace('+', '-').replace(/=*$/, '_'), 'code'],
  ['code', Buffer.from([0xff, 0xfe]).toString('base64'), 'code'],
  ['code', base64('x'.repeat(256 * 1024 + 1)), 'code'],
  ['environmentVariables', { '1A': 'x' }, 'environmentVariables.1A'],
  ['environmentVariables', { A: 'x', ' A ': 'y' }, 'environmentVariables.A'],
  ['environmentVariables', { AWS_REGION: 'x' }, 'environmentVariables.AWS_REGION'],
  ['environmentVariables', { A: 1 }, 'environmentVariables.A'],
  ['environmentVariables', { A: 'x'.repeat(4097) }, 'environmentVariables'],
  [
    'environmentVariables',
    Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`A${n}`, ''])),
    'environmentVariables',
  ],
];

test.each(BAD)('create refuses %s of %j', async (name, value, field) => {
  const body = { name: 'x', code: base64(PYTHON), [name]: value };
  const error = refusal(await post('/api/workspaces/ws-default/functions', body), 400, 'VALIDATION_ERROR');
  expect(error.details).toMatchObject({ field });
});

test('user info is refused in a URL of the platform itself too', async () => {
  const { path } = await newFunction();
  const own = new URL(`${path}/invoke`, target().url);
  own.username = 'user';
  const error = refusal(await patch(path, { invocationUrl: own.href }), 400, 'VALIDATION_ERROR');
  expect(error.details).toEqual({ field: 'invocationUrl' });
});

test.each(['a'.repeat(1_030), 'a'.repeat(3_000)])('an id that nothing can have is not found', async (id) => {
  for (const path of [
    `/api/workspaces/${id}`,
    `/api/workspaces/${id}/functions`,
    `/api/workspaces/ws-default/functions/${id}`,
  ])
    refusal(await get(path), 404, 'NOT_FOUND');
});

test.each(['java21', '', 'x'.repeat(300)])(
  'an unknown runtime is refused with what is supported: %s',
  async (runtime) => {
    const body = { name: 'x', code: base64(PYTHON), runtime };
    const error = refusal(await post('/api/workspaces/ws-default/functions', body), 400, 'UNSUPPORTED_RUNTIME');
    expect(error.details).toMatchObject({ supported: ['python3.13', 'nodejs24'] });
  },
);

describe('a change', () => {
  let path: string;
  beforeAll(async () => ({ path } = await newFunction()));

  test.each<[string, unknown]>([
    ['status', 'paused'],
    ['memory', 64],
    ['httpMethods', []],
    ['code', '%'],
    ['name', ''],
    ['lastDeployed', '9999-12-31T23:59:59Z'],
    ['lastDeployed', 'yesterday'],
    ['lastDeployed', 5],
    ['invocationUrl', 'ftp://shop.example/'],
    ['invocationUrl', 'http://user:pw@shop.example/'],
    ['invocationUrl', 'http://127.0.0.1/'],
    ['invocationUrl', '0x7f000001'],
    ['invocationUrl', 'http://[::ffff:169.254.169.254]/latest'],
    ['invocationUrl', 'http://metadata.google.internal/'],
    ['invocationUrl', `http://shop.example/${'x'.repeat(2_048)}`],
    ['invocationUrl', 'http://shop .example/'],
    ['invocationUrl', 7],
  ])('refuses %s of %j', async (field, value) => {
    expect(refusal(await patch(path, { [field]: value }), 400, 'VALIDATION_ERROR').details).toMatchObject({ field });
  });
});
