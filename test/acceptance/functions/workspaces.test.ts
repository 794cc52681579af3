import * as z from 'zod';
import { get, post, read, refusal, send } from '../../support/api';
import { waitFor } from '../../support/wait';
import { firstFunction, invoke, newFunction, newWorkspace, patch, remove, Workspace } from './support';

const list = async () => read(await get('/api/workspaces'), 200, z.array(Workspace));

test('the default workspace is always there, first in the list, and can be renamed but not deleted', async () => {
  await newWorkspace();
  const [first] = await list();
  expect(first?.id).toBe('ws-default');
  const renamed = read(await patch('/api/workspaces/ws-default', { description: 'Ours' }), 200, Workspace);
  expect(renamed).toMatchObject({ id: 'ws-default', description: 'Ours' });
  refusal(await remove('/api/workspaces/ws-default'), 409, 'WORKSPACE_PROTECTED');
});

test('creates, lists oldest first, reads, changes and deletes', async () => {
  const one = await newWorkspace('  One  ');
  const two = await newWorkspace('둘');
  expect(one).toMatchObject({ name: 'One', description: '', functionCount: 0, invocations24h: 0, errorRate: 0 });
  const ids = (await list()).map(({ id }) => id);
  expect(ids.indexOf(two.id)).toBeGreaterThan(ids.indexOf(one.id));
  expect(ids.indexOf(one.id)).toBeGreaterThan(0);
  const path = `/api/workspaces/${one.id}`;
  expect(read(await patch(path, { name: 'Eins' }), 200, Workspace)).toMatchObject({ name: 'Eins', description: '' });
  expect(read(await patch(path, { name: null, description: 'd' }), 200, Workspace)).toMatchObject({ name: 'Eins' });
  expect(read(await patch(path, {}), 200, Workspace)).toMatchObject({ name: 'Eins', description: 'd' });
  expect(read(await get(`${path}/`), 200, Workspace).name).toBe('Eins');
  const gone = await remove(path);
  expect(gone).toMatchObject({ status: 204, text: '' });
  refusal(await get(path), 404, 'NOT_FOUND');
  refusal(await remove(path), 404, 'NOT_FOUND');
  refusal(await patch(path, { name: 'x' }), 404, 'NOT_FOUND');
  refusal(await post(`${path}/functions`, { name: 'x', code: 'eA==' }), 404, 'NOT_FOUND');
  expect((await list()).map(({ id }) => id)).not.toContain(one.id);
});

test('sums over the functions that exist now', async () => {
  const { id } = await newWorkspace();
  const good = await newFunction('def handler(e):\n    return 1\n', {}, id);
  const bad = await newFunction('def handler(e):\n    return {"statusCode": 500}\n', {}, id);
  await Promise.all([invoke(good.path), invoke(good.path), invoke(bad.path)]);
  const path = `/api/workspaces/${id}`;
  expect(read(await get(path), 200, Workspace)).toMatchObject({
    functionCount: 2,
    invocations24h: 3,
    errorRate: 33.33,
  });
  await remove(bad.path);
  expect(read(await get(path), 200, Workspace)).toMatchObject({ functionCount: 1, invocations24h: 2, errorRate: 0 });
});

test('deleting a workspace takes its functions out of sight at once, by every path', async () => {
  const { path, workspace, config } = await firstFunction();
  await invoke(path);
  await remove(workspace);
  refusal(await get(path), 404, 'NOT_FOUND');
  refusal(await post(`${path}/invoke`, {}), 404, 'NOT_FOUND');
  refusal(await get(`${workspace}/logs`), 404, 'NOT_FOUND');
  refusal(await get(`/api/functions/${config.id}/loki-logs`), 404, 'NOT_FOUND');
});

test('what a deleted function left is removed in the background', async () => {
  const { path } = await newFunction(undefined, {}, 'ws-default');
  const { id } = await invoke(path);
  expect((await get(`/invocations/${id}`)).status).toBe(200);
  await remove(path);
  await waitFor('the run to be removed', async () =>
    (await get(`/invocations/${id}`)).status === 404 ? true : undefined,
  );
});

test.each<[unknown, string]>([
  [{}, 'name'],
  [{ name: '  ' }, 'name'],
  [{ name: 7 }, 'name'],
  [{ name: null }, 'name'],
  [{ name: 'x'.repeat(101) }, 'name'],
  [{ name: 'x', description: 'y'.repeat(1_001) }, 'description'],
  [{ name: 'x', description: null }, 'description'],
  [[], 'body'],
])('refuses %j and names %s', async (body, field) => {
  expect(refusal(await post('/api/workspaces', body), 400, 'VALIDATION_ERROR').details).toMatchObject({ field });
});

test('refuses a body that is not JSON', async () => {
  refusal(await send('POST', '/api/workspaces', { raw: '{"name":' }), 400, 'INVALID_JSON');
  refusal(await send('POST', '/api/workspaces', { raw: '' }), 400, 'INVALID_JSON');
});

test('a known path with another method says which are served', async () => {
  const answer = await send('PUT', '/api/workspaces');
  refusal(answer, 405, 'METHOD_NOT_ALLOWED');
  expect(answer.headers.get('allow')).toBe('GET, POST');
});

test('the same key and body get the first answer again', async () => {
  const headers = { 'Idempotency-Key': `k-${Date.now()}` };
  const first = await post('/api/workspaces', { name: 'Once' }, { headers });
  const second = await post('/api/workspaces', { name: 'Once' }, { headers });
  expect(second.text).toBe(first.text);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  refusal(await post('/api/workspaces', { name: 'Twice' }, { headers }), 409, 'IDEMPOTENCY_KEY_REUSED');
});
