import { get, post, refusal } from '../../support/api';
import { waitFor } from '../../support/wait';
import { configOf, invoke, logsOf, newFunction, patch } from './support';

/** Functions that are deployed elsewhere (docs/contracts/functions.md#pass-through). */

const host = process.env['NARAE_TEST_OPEN_TARGET'];
const withTarget = host === undefined ? describe.skip : describe;
const why = host === undefined ? ' (skipped: NARAE_TEST_OPEN_TARGET names nothing that the system may call)' : '';

const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A function that is deployed at the target, which answers as told. */
async function deployed(asked: Record<string, string> = {}, settings: Record<string, unknown> = {}) {
  const made = await newFunction(undefined, settings);
  const invocationUrl = `http://${host ?? ''}/run?${new URLSearchParams(asked).toString()}`;
  expect((await patch(made.path, { invocationUrl })).status).toBe(200);
  return made;
}

withTarget(`a function that is deployed elsewhere${why}`, () => {
  test('gets the JSON body by POST, on a connection that is not kept, and nothing of the caller', async () => {
    const { path, config } = await deployed({}, { environmentVariables: { SHOP_KEY: 'k-7719' } });
    const headers = { cookie: 'a=b', authorization: 'Basic eDp5', 'x-mine': '1' };
    const answer = await post(`${path}/invoke`, { id: 'A-31' }, { headers });
    const log = JSON.parse(answer.text) as { responseBody: Record<string, unknown> };
    expect(log).toMatchObject({ functionId: config.id, status: 'success', statusCode: 200, logs: [], level: 'info' });
    expect(log.responseBody).toMatchObject({ method: 'POST', body: '{"id":"A-31"}' });
    const seen = log.responseBody['headers'] as Record<string, string>;
    expect(seen).toMatchObject({ host, 'content-type': 'application/json', connection: 'close' });
    for (const name of ['cookie', 'authorization', 'x-mine', 'x-forwarded-for']) expect(seen[name]).toBeUndefined();
    expect(await logsOf(path)).toEqual([log]);
    expect(await configOf(path)).toMatchObject({ invocations24h: 1, errors24h: 0 });
  });

  test('gets an empty object when nothing was sent', async () => {
    const { path } = await deployed();
    const log = JSON.parse((await post(`${path}/invoke`)).text) as { responseBody: unknown; requestBody: unknown };
    expect(log).toMatchObject({ requestBody: {}, responseBody: { body: '{}' } });
  });

  test.each<[string, Record<string, string>, number, string, unknown]>([
    ['JSON under another type', { type: 'text/plain', base64: base64('[1,2]') }, 200, 'success', [1, 2]],
    ['text', { type: 'text/html', base64: base64('<b>x</b>') }, 200, 'success', { data: '<b>x</b>' }],
    ['nothing', { status: '204', base64: '' }, 204, 'success', { data: '' }],
    [
      'bytes that are not UTF-8',
      { base64: base64(Uint8Array.of(0xff, 0xfe)) },
      200,
      'success',
      { data: '//4=', encoding: 'base64' },
    ],
    ['another success', { status: '201', base64: base64('{"ok":true}') }, 201, 'success', { ok: true }],
    ['an error of its own', { status: '500', base64: base64('"oh"') }, 500, 'error', 'oh'],
    ['not found', { status: '404', base64: base64('gone') }, 404, 'error', { data: 'gone' }],
  ])('that answers with %s', async (_what, asked, statusCode, status, responseBody) => {
    const { path } = await deployed(asked);
    const log = await invoke(path);
    expect(log).toMatchObject({ statusCode, status, responseBody, level: status === 'error' ? 'error' : 'info' });
    expect(await logsOf(path)).toEqual([log]);
    expect((await configOf(path)).errors24h).toBe(status === 'error' ? 1 : 0);
  });

  test.each(['301', '302', '307', '308'])('a redirect (%s) is an error result and is not followed', async (status) => {
    const name = `redirect-${status}-${Date.now()}`;
    const { path } = await deployed({ name, status, base64: '', location: `http://${host ?? ''}/run?name=${name}` });
    expect(await invoke(path)).toMatchObject({
      statusCode: Number(status),
      status: 'error',
      responseBody: { data: '' },
    });
    expect(await (await fetch(`http://${host ?? ''}/calls?name=${name}`)).text()).toBe('1');
  });

  test('raw=true answers as it did', async () => {
    const { path } = await deployed({ status: '418', type: 'text/html', base64: base64('<b>tea</b>') });
    const answer = await post(`${path}/invoke?raw=true`, {});
    expect(answer).toMatchObject({ status: 418, text: '<b>tea</b>' });
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(answer.headers.get('content-security-policy')).toBe('sandbox');
    expect(await logsOf(path)).toMatchObject([{ id: answer.headers.get('x-log-id'), statusCode: 418 }]);
  });

  test('raw=true says so when more bytes were answered than can be sent; the log has their beginning', async () => {
    const { path } = await deployed({ base64: '/w==', times: '4900000' });
    const { details } = refusal(await post(`${path}/invoke?raw=true`, {}), 500, 'EXECUTION_ERROR');
    expect(details).toMatchObject({ maxBytes: 4_561_305 });
    expect(await logsOf(path)).toMatchObject([
      { id: details?.['logId'], statusCode: 200, status: 'success', responseBody: { truncated: true }, level: 'warn' },
    ]);
  });

  test('that answers over 5 MB is an error result', async () => {
    const { path } = await deployed({ base64: base64('x'.repeat(1_024)), times: '6000' });
    expect(await invoke(path)).toMatchObject({ statusCode: 500, responseBody: { error: 'INVALID_RESULT' } });
  });

  test('too slow is 504, stored and counted as an error', async () => {
    const { path } = await deployed({ after: '60000' }, { timeout: 1 });
    const { details } = refusal(await post(`${path}/invoke`, {}), 504, 'TIMEOUT');
    expect(details).toMatchObject({ timeoutSeconds: 1 });
    expect(await logsOf(path)).toMatchObject([
      { id: details?.['logId'], statusCode: 504, status: 'error', responseBody: { timeoutSeconds: 1 } },
    ]);
    expect(await configOf(path)).toMatchObject({ invocations24h: 1, errors24h: 1 });
  });

  test('one that may take longer than a caller waits answers as usual when it does not', async () => {
    const name = `patient-${Date.now()}`;
    const { path } = await deployed({ name, after: '200' }, { timeout: 900 });
    const body = 'x'.repeat(200_000);
    const log = await invoke(path, body);
    expect(log).toMatchObject({ status: 'success', responseBody: { body: JSON.stringify(body) } });
    expect(await (await fetch(`http://${host ?? ''}/calls?name=${name}`)).text()).toBe('1');
    expect(await logsOf(path)).toHaveLength(1);
  });

  test('a port where nobody listens is 503, without an address in the message', async () => {
    const { path } = await newFunction();
    const saved = await patch(path, { invocationUrl: 'https://orders.invalid/run' });
    expect(saved.status).toBe(200);
    const answer = await post(`${path}/invoke`, {});
    refusal(answer, 503, 'INVOCATION_ERROR');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answer.text).not.toMatch(/\d+\.\d+\.\d+\.\d+|ENOTFOUND|EAI_AGAIN/);
  });

  test('can be read like any run', async () => {
    const { path } = await deployed();
    const { id } = await invoke(path);
    const text = await waitFor('the stream', async () => (await get(`/stream/invocations/${id}`)).text);
    expect(text).toContain('"status":"COMPLETED"');
  });

  test('another port of the same host is still refused', async () => {
    const { path } = await newFunction();
    const invocationUrl = 'http://127.0.0.1:1/';
    expect(refusal(await patch(path, { invocationUrl }), 400, 'VALIDATION_ERROR').details).toMatchObject({
      field: 'invocationUrl',
    });
  });
});
