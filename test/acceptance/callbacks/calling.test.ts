import { get, post, read, send } from '../../support/api';
import { call, change, Callback, deploy, deployed, freshPath, NODE, refused, remove } from '../../support/callbacks';

const python = (body: string) => `def lambda_handler(event, context):\n    ${body.replaceAll('\n', '\n    ')}\n`;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const valueOf = async (code: string, more: Readonly<Record<string, unknown>> = {}) =>
  call('GET', `/api/${(await deployed({ code, ...more })).path}`);

/** See docs/contracts/callbacks.md#event. */
describe('the event', () => {
  test('has the query, the body and the names of both', async () => {
    const { path } = await deployed({ method: 'POST' });
    const raw = '{"price":500}';
    const headers = { 'Content-Type': 'application/json', 'X-Mine': 'yes', Authorization: 'secret', Cookie: 'a=b' };
    const { body } = await call('POST', `/api/${path}?city=Jeju&twice=1&twice=2&price=1`, { raw, headers });
    expect(body).toMatchObject({
      city: 'Jeju',
      twice: '2',
      price: 500,
      httpMethod: 'POST',
      path,
      queryStringParameters: { city: 'Jeju', twice: '2', price: '1' },
      body: { price: 500 },
      rawBody: raw,
      isBase64Encoded: false,
      headers: { 'content-type': 'application/json', 'x-mine': 'yes' },
    });
    const sent = (body as { headers: Record<string, string> }).headers;
    expect(Object.keys(sent)).toEqual(Object.keys(sent).map((name) => name.toLowerCase()));
    expect(sent).not.toHaveProperty('authorization');
    expect(sent).not.toHaveProperty('cookie');
  });

  test('its own names always win', async () => {
    const { path } = await deployed({ method: 'PUT' });
    const { body } = await call('PUT', `/api/${path}?httpMethod=X&rawBody=q`, { json: { path: 'mine', body: 1 } });
    expect(body).toMatchObject({ httpMethod: 'PUT', path, body: { path: 'mine', body: 1 } });
    expect(body).toMatchObject({ rawBody: '{"path":"mine","body":1}' });
  });

  test.each(['', '{}}', 'a=b&c=d', '{"a":'])('a POST body of %j gives {}, never an error', async (raw) => {
    const { path } = await deployed({ method: 'POST' });
    const { lambdaStatusCode, body } = await call('POST', `/api/${path}`, { raw });
    expect({ lambdaStatusCode, body }).toMatchObject({ lambdaStatusCode: 200, body: { body: {}, rawBody: raw } });
  });

  test.each([
    ['[1,2]', [1, 2]],
    ['"text"', 'text'],
    ['null', null],
    ['7', 7],
  ])('a JSON body of %s is the body, whatever the content type', async (raw, expected) => {
    const { path } = await deployed({ method: 'PATCH' });
    const { body } = await call('PATCH', `/api/${path}`, { raw, headers: { 'Content-Type': 'text/plain' } });
    expect((body as { body: unknown }).body).toEqual(expected);
  });

  test.each(['python', 'node'])('names like __proto__ reach a %s handler as they were sent', async (type) => {
    const code =
      type === 'node'
        ? 'exports.lambda_handler = async (event) => JSON.stringify([event.body, event.constructor, event.mine]);'
        : python(
            "import json\nreturn json.dumps([event['body'], event['constructor'], event.get('mine')], separators=(',', ':'))",
          );
    const { path } = await deployed({ method: 'POST', type, code });
    const raw = '{"constructor":1,"__proto__":{"mine":2}}';
    expect((await call('POST', `/api/${path}`, { raw })).body).toBe(`[${raw},1,null]`);
  });

  test.each(['python', 'node'])('3 MB of control characters reach a %s handler', async (type) => {
    const code =
      type === 'node'
        ? 'exports.lambda_handler = async ({ rawBody }) => rawBody.length;'
        : python("return len(event['rawBody'])");
    const { path } = await deployed({ method: 'POST', type, code });
    const length = 3 * 1024 * 1024;
    const { lambdaStatusCode, body } = await call('POST', `/api/${path}`, { raw: '\u0001'.repeat(length) });
    expect([lambdaStatusCode, body]).toEqual([200, length]);
  });

  test('6 MB of control characters are told to be too large', async () => {
    const { path } = await deployed({ method: 'POST' });
    const answer = await send('POST', `/api/${path}`, { raw: '\u0001'.repeat(6 * 1024 * 1024) });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('"code":"PAYLOAD_TOO_LARGE"');
  });

  test('bytes that are no text come in Base64', async () => {
    const { path } = await deployed({ method: 'POST' });
    const raw = new Uint8Array([0xff, 0xfe, 0x00]);
    const { body } = await call('POST', `/api/${path}`, {
      raw,
      headers: { 'Content-Type': 'application/octet-stream' },
    });
    expect(body).toMatchObject({ body: {}, rawBody: '//4A', isBase64Encoded: true });
  });

  test('of GET and DELETE has {} as its body', async () => {
    const path = freshPath();
    await deployed({ path, method: 'GET' });
    await deployed({ path, method: 'DELETE' });
    expect((await call('GET', `/api/${path}?a=1`)).body).toMatchObject({ a: '1', body: {}, rawBody: '' });
    expect((await call('DELETE', `/api/${path}`, { json: { a: 1 } })).body).toMatchObject({ body: {} });
  });

  test('the context has the ids and the time that is left', async () => {
    const code = python('return [context.callbackId, context.requestId, context.get_remaining_time_ms()]');
    const { path, callback_id: id } = await deployed({ code });
    const [callbackId, requestId, remaining] = (await call('GET', `/api/${path}`)).body as [number, string, number];
    expect(callbackId).toBe(id);
    expect(requestId).toMatch(/^req-/);
    // Milliseconds: in seconds it would be 28 at most.
    expect(remaining).toBeGreaterThan(28);
    expect(remaining).toBeLessThanOrEqual(28_000);
  });
});

/** See docs/contracts/callbacks.md#entry-point. */
describe('the entry point', () => {
  test.each([
    ['python', 'async def lambda_handler(event, context):\n    return "async"\n', 'async'],
    ['python', 'def handler(event):\n    return "one"\n', 'one'],
    ['python', 'def handler(event, context):\n    return context.callbackId > 0\n', true],
    ['python', 'def handler(event):\n    return 1\ndef lambda_handler(event, context):\n    return 2\n', 2],
    ['node', 'exports.lambda_handler = (event, context) => context.getRemainingTimeMs() > 0;', true],
    ['node', 'export const lambda_handler = async (event) => event.httpMethod;', 'GET'],
    ['node', 'exports.handler = async (event) => event.path.length > 0;', true],
    ['node', 'export function handler(event) { return "es"; }', 'es'],
  ])('%s: %j', async (type, code, expected) => {
    expect(await valueOf(code, { type })).toMatchObject({ lambdaStatusCode: 200, body: expected });
  });

  test.each([
    ['python', 'x = 1\n'],
    ['node', 'exports.other = () => 1;'],
  ])('%s without any is 500 and says so', async (type, code) => {
    const { lambdaStatusCode, body } = await valueOf(code, { type });
    expect(lambdaStatusCode).toBe(500);
    expect(body).toMatch(/lambda_handler/);
  });
});

/** See docs/contracts/callbacks.md#endpoints, #semantics, #bad-input. */
describe('the route', () => {
  test('takes all five methods, each its own callback, at both addresses', async () => {
    const path = freshPath();
    for (const method of METHODS) await deployed({ path, method, code: python(`return "${method}"`) });
    for (const method of METHODS) {
      for (const address of [`/api/${path}`, `/api/${path}/`, `/api/kube/${path}`]) {
        expect((await call(method, address)).body).toBe(method);
      }
    }
  });

  test('is 404 where nothing is deployed, 405 with Allow for other methods', async () => {
    const { path } = await deployed({ method: 'POST', type: 'node', code: NODE });
    refused(await get(`/api/${freshPath()}`), 404, 'CALLBACK_NOT_REGISTERED');
    refused(await get(`/api/${path.toUpperCase()}`), 404, 'CALLBACK_NOT_REGISTERED');
    // Another room's, which serves nothing there itself.
    refused(await get('/api/v1'), 404, 'ROUTE_NOT_FOUND');
    const answer = await get(`/api/${path}`);
    expect(refused(answer, 405, 'METHOD_NOT_ALLOWED').details).toEqual({ allowed: ['POST'] });
    expect(answer.headers.get('allow')).toBe('POST');
    const both = freshPath();
    for (const method of ['PUT', 'GET']) await deployed({ path: both, method });
    expect((await send('DELETE', `/api/${both}`)).headers.get('allow')).toBe('GET, PUT');
  });

  test('after undeploying one of two methods is 405, after both 404', async () => {
    const path = freshPath();
    const one = await deployed({ path, method: 'GET' });
    const two = await deployed({ path, method: 'POST' });
    read(await deploy(one.callback_id, false), 200, Callback);
    refused(await get(`/api/${path}`), 405, 'METHOD_NOT_ALLOWED');
    expect((await call('POST', `/api/${path}`)).lambdaStatusCode).toBe(200);
    await remove(two.callback_id);
    refused(await post(`/api/${path}`), 404, 'CALLBACK_NOT_REGISTERED');
  });

  test('a body above 6 MB is refused', async () => {
    const { path } = await deployed({ method: 'POST' });
    const answer = await send('POST', `/api/${path}`, { raw: 'x'.repeat(6 * 1024 * 1024 + 1) });
    expect(answer.status).toBe(413);
  });

  test.each(['workspaces', 'jobs', 'kube', 'Health', 'upload'])(
    'a reserved name is never a callback: %s',
    async (name) => {
      for (const method of ['GET', 'PATCH']) {
        expect([200, 400, 404, 405]).toContain((await send(method, `/api/${name}`)).status);
        expect((await send(method, `/api/${name}`)).text).not.toContain('lambdaStatusCode');
      }
    },
  );

  test('a callback of another path keeps its own environment', async () => {
    const code = python('import os\nreturn os.environ.get("SECRET")');
    const one = await deployed({ code, env: { SECRET: 'one' } });
    const two = await deployed({ code });
    expect((await call('GET', `/api/${one.path}`)).body).toBe('one');
    expect((await call('GET', `/api/${two.path}`)).body).toBeNull();
    read(await change(two.callback_id, { env: { SECRET: 'two' } }), 200, Callback);
    expect((await call('GET', `/api/${two.path}`)).body).toBe('two');
    expect((await call('GET', `/api/${one.path}`)).body).toBe('one');
  });
});
