import * as z from 'zod';
import { get, read, refusal, send } from '../../support/api';
import { waitFor } from '../../support/wait';
import { firstFunction, invoke, logsOf, newFunction } from './support';

const Lines = z.strictObject({
  logs: z.array(z.strictObject({ timestamp: z.string().regex(/^\d{19}$/), line: z.string() })),
  total: z.int(),
  function_id: z.string(),
});
const Metrics = z.strictObject({
  status: z.enum(['success', 'partial']),
  function_id: z.string(),
  data: z.strictObject({
    cpu_total: z.number().nullable(),
    cpu_series: z.array(z.strictObject({ timestamp: z.number(), value: z.number() })),
    window_seconds: z.literal(3600),
    instant_query: z.string(),
    range_query: z.string(),
    raw_instant: z.record(z.string(), z.unknown()).nullable(),
    raw_range: z.record(z.string(), z.unknown()).nullable(),
  }),
});

test('logs are newest first; a workspace’s are over all its functions, with no share for each', async () => {
  const busy = await firstFunction();
  const quiet = await newFunction(undefined, {}, busy.config.workspaceId);
  const first = await invoke(quiet.path, 'q');
  const ids = [];
  for (const n of [1, 2, 3]) ids.unshift((await invoke(busy.path, n)).id);
  expect((await logsOf(busy.path)).map(({ id }) => id)).toEqual(ids);
  expect((await logsOf(busy.workspace, '?limit=4')).map(({ id }) => id)).toEqual([...ids, first.id]);
  expect((await logsOf(busy.workspace, '?limit=2')).map(({ id }) => id)).toEqual(ids.slice(0, 2));
});

test.each(['0', '501', '1.5', 'x', ''])('limit=%s is refused', async (limit) => {
  const { path, workspace, config } = await firstFunction();
  const field = { field: 'limit' };
  expect(refusal(await get(`${workspace}/logs?limit=${limit}`), 400, 'VALIDATION_ERROR').details).toMatchObject(field);
  const wide = limit === '501' ? '1001' : limit;
  for (const url of [`${path}/logs`, `/api/functions/${config.id}/loki-logs`])
    expect(refusal(await get(`${url}?limit=${wide}`), 400, 'VALIDATION_ERROR').details).toMatchObject(field);
});

test('lines that a function printed can be read, newest first', async () => {
  const { path, config } = await newFunction('def handler(e):\n    print("order", e["body"])\n    print("done")\n');
  const url = `/api/functions/${config.id}/loki-logs`;
  expect(read(await get(url), 200, Lines)).toEqual({ logs: [], total: 0, function_id: config.id });
  await invoke(path, 30);
  await invoke(path, 31);
  const found = await waitFor('the lines', async () => {
    const answer = read(await get(`${url}?limit=3`), 200, Lines);
    return answer.total === 3 ? answer : undefined;
  });
  expect(found.logs.map(({ line }) => line)).toEqual(['done', 'order 31', 'done']);
});

test('CPU use is there by the minute', async () => {
  const { path, config } = await newFunction('def handler(e):\n    return sum(i * i for i in range(2000000))\n');
  const url = `/api/functions/${config.id}/metrics`;
  const before = read(await get(url), 200, Metrics);
  expect(before).toMatchObject({ status: 'success', data: { cpu_total: null, cpu_series: [] } });
  expect(before.data.instant_query).toContain(config.id);
  await invoke(path);
  const { data } = await waitFor('a sample', async () => {
    const answer = read(await get(url), 200, Metrics);
    return answer.data.cpu_series.length > 0 ? answer : undefined;
  });
  const [sample] = data.cpu_series;
  expect((sample?.timestamp ?? 1) % 60).toBe(0);
  expect(sample?.value).toBeGreaterThan(0.0001);
});

test('an id that is unknown, or of a form that no query may hold', async () => {
  for (const what of ['loki-logs', 'metrics']) {
    refusal(await get(`/api/functions/fn-unknown00/${what}`), 404, 'NOT_FOUND');
    refusal(await get(`/api/functions/${encodeURIComponent('x"} or {a="')}/${what}`), 400, 'VALIDATION_ERROR');
  }
});

test('a browser of another origin may do all that the console does', async () => {
  const { path, workspace, config } = await firstFunction();
  for (const [method, url] of [
    ['GET', '/api/workspaces'],
    ['POST', '/api/workspaces'],
    ['PATCH', workspace],
    ['DELETE', workspace],
    ['POST', `${path}/invoke`],
    ['GET', `/api/functions/${config.id}/metrics`],
  ] as const) {
    const headers = {
      Origin: 'https://console.example',
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'content-type',
    };
    const preflight = await send('OPTIONS', url, { headers });
    expect([200, 204]).toContain(preflight.status);
    expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
  }
  const error = await get('/api/workspaces/ws-nobody0', { headers: { Origin: 'https://console.example' } });
  expect(error.headers.get('access-control-allow-origin')).toBe('*');
});
