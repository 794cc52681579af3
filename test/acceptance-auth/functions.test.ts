import * as z from 'zod';
import { functionsRoutes } from '../../lambdas/functions/routes';
import { get, post, read, refusal, send } from '../support/api';
import { authTarget, createKey, type Key } from '../support/keys';

/** docs/contracts/common.md#credentials: what belongs to another workspace is 404, on every route there is. */

const as = ({ key }: Key) => ({ to: authTarget(key) });
const Made = z.looseObject({ id: z.string() });
const CODE = Buffer.from('def handler(e):\n    print("secret line")\n    return 1\n').toString('base64');

describe('functions of a workspace that a key does not name', () => {
  let owner: Key;
  let stranger: Key;
  let functionId: string;
  let logId: string;

  beforeAll(async () => {
    owner = await createKey('functions-owner', 'ws-owner', 'read,run,write');
    stranger = await createKey('functions-stranger', 'ws-stranger,ws-default', 'read,run,write');
    const body = { name: 'mine', code: CODE };
    ({ id: functionId } = read(await post('/api/workspaces/ws-owner/functions', body, as(owner)), 201, Made));
    const path = `/api/workspaces/ws-owner/functions/${functionId}/invoke`;
    ({ id: logId } = read(await post(path, {}, as(owner)), 200, Made));
  }, 300_000);

  const routes = Object.entries(functionsRoutes).filter(([, { path }]) => path.includes('{'));

  test('every route with a workspace or a function in its path is looked at', () => {
    expect(routes.length).toBeGreaterThan(10);
  });

  /** The path with these names, and a body where the route takes one. */
  const ask = (route: (typeof routes)[number][1], workspaceId: string, key: Key) => {
    const path = route.path.replace('{workspaceId}', workspaceId).replace('{functionId}', functionId);
    const body = 'body' in route ? { json: route.body.example } : {};
    return send(route.method, path, { ...as(key), ...body });
  };

  test.each(routes)('%s does not find another workspace', async (_name, route) => {
    const answer = await ask(route, 'ws-owner', stranger);
    refusal(answer, 404, 'NOT_FOUND');
    expect(answer.text).not.toContain('secret line');
  });

  test.each(routes.filter(([, { path }]) => path.includes('{functionId}') && path.includes('{workspaceId}')))(
    '%s does not find the function under a workspace of the caller’s own',
    async (_name, route) => {
      refusal(await ask(route, 'ws-stranger', stranger), 404, 'NOT_FOUND');
    },
  );

  test('nothing of it was changed, and its owner has it all', async () => {
    const path = `/api/workspaces/ws-owner/functions/${functionId}`;
    expect(
      read(await get(path, as(owner)), 200, z.looseObject({ name: z.string(), status: z.string() })),
    ).toMatchObject({
      name: 'mine',
      status: 'active',
      invocations24h: 1,
    });
    const Logs = z.looseObject({ logs: z.array(Made) });
    expect(read(await get(`${path}/logs`, as(owner)), 200, Logs).logs.map(({ id }) => id)).toEqual([logId]);
  });

  test('its run is followed by its own key only, and by every key that names its workspace', async () => {
    const stream = `/stream/invocations/${logId}`;
    expect((await get(stream, as(owner))).text).toContain('secret line');
    refusal(await get(stream, as(stranger)), 404, 'INVOCATION_NOT_FOUND');
    const record = `/invocations/${logId}`;
    refusal(await get(record, as(stranger)), 404, 'INVOCATION_NOT_FOUND');
    refusal(await get(`${record}/events`, as(stranger)), 404, 'INVOCATION_NOT_FOUND');
    const late = await createKey('functions-late', 'ws-other,ws-owner', 'read');
    expect((await get(record, as(late))).text).toContain('"status":"COMPLETED"');
    expect((await get(`${record}/events`, as(late))).text).toContain('secret line');
    expect((await get(stream, as(late))).text).toContain('secret line');
  });

  test('a list holds what the key names, and what it made', async () => {
    const List = z.array(Made);
    const ids = async (key: Key) => read(await get('/api/workspaces', as(key)), 200, List).map(({ id }) => id);
    expect(await ids(owner)).toEqual(['ws-owner']);
    expect((await ids(stranger)).sort()).toEqual(['ws-default', 'ws-stranger']);
    const maker = await createKey('functions-maker', 'ws-maker', 'read,write,admin');
    const { id } = read(await post('/api/workspaces', { name: 'New' }, as(maker)), 201, Made);
    expect(await ids(maker)).toContain(id);
    refusal(await get(`/api/workspaces/${id}`, as(owner)), 404, 'NOT_FOUND');
  });

  test('scopes are asked for: reading does not change, changing does not run', async () => {
    const reader = await createKey('functions-reader', 'ws-owner', 'read');
    const path = `/api/workspaces/ws-owner/functions/${functionId}`;
    refusal(await send('PATCH', path, { ...as(reader), json: { name: 'x' } }), 403, 'FORBIDDEN');
    refusal(await post(`${path}/invoke`, {}, as(reader)), 403, 'FORBIDDEN');
    refusal(await send('DELETE', path, as(reader)), 403, 'FORBIDDEN');
    refusal(await post('/api/workspaces', { name: 'x' }, as(owner)), 403, 'FORBIDDEN');
    expect((await get(path, as(reader))).status).toBe(200);
  });

  test('without a key every route is 401', async () => {
    for (const [, route] of routes) {
      const path = route.path.replace('{workspaceId}', 'ws-owner').replace('{functionId}', functionId);
      refusal(await send(route.method, path, { to: authTarget() }), 401, 'UNAUTHENTICATED');
    }
  });
});
