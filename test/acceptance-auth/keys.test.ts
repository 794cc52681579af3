import * as z from 'zod';
import { SERVICES } from '../../lambdas/services';
import { nobodys } from '../security/workspaces/names';
import { requestOn } from '../security/workspaces/requests';
import { get, post, read, refusal, send } from '../support/api';
import { start } from '../support/invocations';
import { authTarget, createKey, keysCommand, type Key } from '../support/keys';
import { guardedRoutes, titled } from '../support/served-routes';
import { Accepted, ErrorBody, ErrorBodyWithDetail, Invocation, InvocationPage } from '../support/shapes';
import { waitFor } from '../support/wait';

const AnyErrorBody = z.union([ErrorBody, ErrorBodyWithDetail]);
const CODE = { code: 'def handler(event):\n    return 1\n', runtime: 'python' };

/** See docs/contracts/common.md#credentials. */
describe('a stage with API keys', () => {
  let full: Key;
  let reader: Key;
  let runner: Key;
  let stranger: Key;

  beforeAll(async () => {
    [full, reader, runner, stranger] = [
      await createKey('full', 'ws-a', 'read,run'),
      await createKey('reader', 'ws-a', 'read'),
      await createKey('runner', 'ws-a', 'run'),
      await createKey('stranger', 'ws-b,ws-a', 'read,run'),
    ];
  }, 300_000);

  const as = ({ key }: Key) => ({ to: authTarget(key) });
  const nobody = { to: authTarget() };

  describe('without a credential', () => {
    test.each(titled(guardedRoutes(SERVICES)))('%s is 401', async (_, served) => {
      const { method, path, json } = requestOn(served, nobodys(SERVICES));
      const { error } = read(await send(method, path, { ...nobody, json }), 401, AnyErrorBody);
      expect(error.code).toBe('UNAUTHENTICATED');
    });

    test.each(['/', '/health', '/api/health', '/openapi.json', '/docs', '/runtimes'])('%s is open', async (path) => {
      expect((await get(path, nobody)).status).toBe(200);
    });

    test('preflights are answered, and a page may read the 401', async () => {
      const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' };
      const preflight = await send('OPTIONS', '/invocations', { ...nobody, headers });
      expect([200, 204]).toContain(preflight.status);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      const refused = await get('/invocations', { ...nobody, headers: { Origin: 'https://app.example' } });
      expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    });

    test('an unknown path is still just unknown', async () => {
      refusal(await get('/nowhere', nobody), 404, 'ROUTE_NOT_FOUND');
    });
  });

  test.each(['nk_wrong', 'nk_', 'something', ''])('refuses the key %j', async (key) => {
    refusal(await post('/invocations', CODE, { to: authTarget(key) }), 401, 'UNAUTHENTICATED');
  });

  test('refuses a key that is right but for its last letter, and never repeats it', async () => {
    const wrong = full.key.slice(0, -1) + (full.key.endsWith('A') ? 'B' : 'A');
    const answer = await get('/invocations', { to: authTarget(wrong) });
    refusal(answer, 401, 'UNAUTHENTICATED');
    expect(answer.text).not.toContain(wrong);
  });

  test.each([
    ['X-API-Key', ''],
    ['x-api-key', ''],
    ['Authorization', 'Bearer '],
    ['authorization', 'bearer '],
  ])('takes a key in %s: %s', async (name, prefix) => {
    const headers = { [name]: prefix + full.key };
    read(await post('/invocations', CODE, { ...nobody, headers }), 202, Accepted);
  });

  test('refuses a key in another scheme or in the address', async () => {
    const headers = { Authorization: `Basic ${Buffer.from(`x:${full.key}`).toString('base64')}` };
    refusal(await get('/invocations', { ...nobody, headers }), 401, 'UNAUTHENTICATED');
    refusal(await get(`/invocations?key=${full.key}`, nobody), 401, 'UNAUTHENTICATED');
  });

  describe('by scope', () => {
    test('a key that may read may not start or cancel', async () => {
      const { invocationId } = await start(CODE, as(full));
      read(await get(`/invocations/${invocationId}`, as(reader)), 200, Invocation);
      refusal(await post('/invocations', CODE, as(reader)), 403, 'FORBIDDEN');
      refusal(await post('/invocations/batch', { invocations: [CODE] }, as(reader)), 403, 'FORBIDDEN');
      refusal(await post(`/invocations/${invocationId}/cancel`, undefined, as(reader)), 403, 'FORBIDDEN');
    });

    test('a key that may run may not read', async () => {
      const { invocationId } = await start(CODE, as(runner));
      refusal(await get('/invocations', as(runner)), 403, 'FORBIDDEN');
      refusal(await get(`/invocations/${invocationId}`, as(runner)), 403, 'FORBIDDEN');
      refusal(await get(`/invocations/${invocationId}/events`, as(runner)), 403, 'FORBIDDEN');
      refusal(await get(`/stream/invocations/${invocationId}`, as(runner)), 403, 'FORBIDDEN');
    });
  });

  describe('by workspace', () => {
    test("another workspace's run is not there, on any route", async () => {
      const { invocationId } = await start(CODE, as(full));
      const answers = [
        await get(`/invocations/${invocationId}`, as(stranger)),
        await get(`/invocations/${invocationId}/events`, as(stranger)),
        await get(`/stream/invocations/${invocationId}`, as(stranger)),
        await post(`/invocations/${invocationId}/cancel`, undefined, as(stranger)),
      ];
      for (const answer of answers) refusal(answer, 404, 'INVOCATION_NOT_FOUND');
    });

    test('a list holds the runs of one workspace only', async () => {
      const mine = await start(CODE, as(full));
      const theirs = await start(CODE, as(stranger));
      const listed = async (key: Key) =>
        read(await get('/invocations?limit=100', as(key)), 200, InvocationPage).items.map((item) => item.invocationId);
      await waitFor('both to be listed', async () =>
        (await listed(full)).includes(mine.invocationId) && (await listed(stranger)).includes(theirs.invocationId)
          ? true
          : undefined,
      );
      expect(await listed(full)).not.toContain(theirs.invocationId);
      expect(await listed(stranger)).not.toContain(mine.invocationId);
    });

    test('a cursor of one workspace shows nothing of it to another', async () => {
      const mine = [await start(CODE, as(full)), await start(CODE, as(full)), await start(CODE, as(full))];
      const { nextCursor } = read(await get('/invocations?limit=1', as(full)), 200, InvocationPage);
      const answer = await get(`/invocations?cursor=${encodeURIComponent(nextCursor ?? '')}`, as(stranger));
      for (const { invocationId } of mine) expect(answer.text).not.toContain(invocationId);
      expect([200, 400]).toContain(answer.status);
    });

    test('the same Idempotency-Key means two things in two workspaces', async () => {
      const headers = { 'Idempotency-Key': `shared-${Date.now()}` };
      const mine = await start(CODE, { ...as(full), headers });
      const theirs = await start(CODE, { ...as(stranger), headers });
      expect(theirs.invocationId).not.toBe(mine.invocationId);
    });
  });

  test('a revoked key is refused, and the list tells the others', async () => {
    const doomed = await createKey('doomed', 'ws-a', 'read');
    expect((await get('/invocations', as(doomed))).status).toBe(200);
    await keysCommand('revoke', doomed.id);
    const answer = await waitFor('the key to be refused', async () => {
      const current = await get('/invocations', as(doomed));
      return current.status === 401 ? current : undefined;
    });
    refusal(answer, 401, 'UNAUTHENTICATED');
    expect((await get('/invocations', as(full))).status).toBe(200);
    const left = z.array(z.looseObject({ id: z.string() })).parse(JSON.parse(await keysCommand('list', '--json')));
    expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining([full.id, reader.id]));
    expect(left.map(({ id }) => id)).not.toContain(doomed.id);
    expect(JSON.stringify(left)).not.toContain('nk_');
  });
});
