import { get, post, refusal, send } from '../support/api';
import { start } from '../support/invocations';

const CODE = { code: 'def handler(event):\n    return 1\n', runtime: 'python' };

describe('an id that there is not', () => {
  const ids = [
    ['well formed', 'inv-00000000000000000000000000'],
    ['too short', 'inv-1'],
    ['of another form', 'nonsense'],
    ['with a NUL', 'inv-%00'],
    ['very long', `inv-${'a'.repeat(2_000)}`],
    ['in another script', encodeURIComponent('inv-한글')],
  ] as const;

  test.each(ids)('is 404 on every route of a run (%s)', async (_, id) => {
    const answers = await Promise.all([
      get(`/invocations/${id}`),
      get(`/invocations/${id}/events`),
      post(`/invocations/${id}/cancel`),
      get(`/stream/invocations/${id}`),
    ]);
    for (const answer of answers) refusal(answer, 404, 'INVOCATION_NOT_FOUND');
  });

  test('is 404 too when it holds escaped slashes, which gateways may take for slashes', async () => {
    for (const path of ['/invocations/inv-%2e%2e%2f%2e%2e', '/stream/invocations/inv-%2e%2e%2f%2e%2e']) {
      expect((await get(path)).status).toBe(404);
    }
  });

  test('is also what a run is in other letters', async () => {
    const { invocationId } = await start(CODE);
    const swapped = invocationId.replace(/[a-z]/gi, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()));
    refusal(await get(`/invocations/${swapped}`), 404, 'INVOCATION_NOT_FOUND');
  });
});

describe('a query that cannot be', () => {
  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=10.5', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=%2010', 'limit'],
    ['limit=', 'limit'],
    ['status=DONE', 'status'],
    ['status=completed', 'status'],
    ['cursor=nonsense', 'cursor'],
    ['cursor=%7B%22pk%22%3A%22x%22%7D', 'cursor'],
  ])('GET /invocations?%s', async (query, field) => {
    expect(refusal(await get(`/invocations?${query}`), 400, 'VALIDATION_ERROR').details).toMatchObject({ field });
  });

  test.each([
    ['after=-1', 'after'],
    ['after=x', 'after'],
    ['after=1.0', 'after'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
  ])('GET /invocations/{id}/events?%s', async (query, field) => {
    const { invocationId } = await start(CODE);
    const answer = await get(`/invocations/${invocationId}/events?${query}`);
    expect(refusal(answer, 400, 'VALIDATION_ERROR').details).toMatchObject({ field });
  });
});

describe('a path or method that there is not', () => {
  test.each([
    ['/nowhere'],
    ['/invocations/inv-1/nothing'],
    ['/invocations/inv-1/events/1'],
    ['/runtimes/python3.13'],
    ['/stream'],
    ['/stream/invocations'],
    ['/stream/somethingelse/inv-1'],
    ['/apis'],
    ['/INVOCATIONS'],
  ])('%s is 404 ROUTE_NOT_FOUND', async (path) => {
    refusal(await get(path), 404, 'ROUTE_NOT_FOUND');
  });

  test.each([
    ['PUT', '/invocations', ['GET', 'POST']],
    ['DELETE', '/invocations/', ['GET', 'POST']],
    ['PATCH', '/invocations/batch', ['POST']],
    ['DELETE', '/invocations/inv-1', ['GET']],
    ['POST', '/invocations/inv-1/events', ['GET']],
    ['GET', '/invocations/inv-1/cancel', ['POST']],
    ['POST', '/stream/invocations/inv-1', ['GET']],
    ['POST', '/runtimes', ['GET']],
    ['DELETE', '/health', ['GET']],
    ['POST', '/', ['GET']],
    ['PUT', '/openapi.json', ['GET']],
  ])('%s %s is 405 with what is allowed', async (method, path, allowed) => {
    const answer = await send(method, path);
    refusal(answer, 405, 'METHOD_NOT_ALLOWED');
    expect((answer.headers.get('allow') ?? '').split(/\s*,\s*/)).toEqual(expect.arrayContaining(allowed));
    expect(answer.headers.get('allow')).not.toContain(method);
  });
});
