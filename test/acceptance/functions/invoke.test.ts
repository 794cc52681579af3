import * as z from 'zod';
import { waitFor } from '../../support/wait';
import { get, post, read, refusal, send, target } from '../../support/api';
import {
  configOf,
  ExecutionLog,
  firstFunction,
  invoke,
  logsOf,
  newFunction,
  newWorkspace,
  patch,
  remove,
} from './support';

test('answers the log around what the function returned, which the listings show under the same id', async () => {
  const source = [
    'def handler(event, context):',
    '    order = event["body"]',
    '    print("order", order.get("id"))',
    '    return {"statusCode": 200, "body": {"accepted": order.get("id")}}',
  ].join('\n');
  const { path, workspace, config } = await firstFunction(source, { memory: 512, timeout: 10, httpMethods: ['POST'] });
  const log = await invoke(path, { id: 'A-31' });
  expect(log).toMatchObject({
    functionId: config.id,
    status: 'success',
    statusCode: 200,
    requestBody: { id: 'A-31' },
    responseBody: { accepted: 'A-31' },
    logs: ['order A-31'],
    level: 'info',
  });
  expect(await logsOf(path)).toEqual([log]);
  expect(await logsOf(workspace)).toEqual([log]);
  expect(await configOf(path)).toMatchObject({ invocations24h: 1, errors24h: 0, avgDuration: log.duration });
});

test('can be followed live under the id of its log', async () => {
  const source = 'def handler(e):\n    print("order A-31")\n';
  for (const workspace of ['ws-default', (await newWorkspace()).id]) {
    const { path } = await newFunction(source, {}, workspace);
    const { id } = await invoke(path);
    expect((await get(`/stream/invocations/${id}`)).text).toContain('order A-31');
    await remove(path);
  }
});

const RunRecord = z.object({ status: z.string(), result: z.unknown() });

test.each<[string, string, Record<string, unknown>]>([
  [
    'an answer with a JSON body',
    'return {"statusCode": 201, "headers": {"x-order": "A-31"}, "body": {"accepted": ["A-31"]}}',
    { statusCode: 201, headers: { 'x-order': 'A-31' }, body: '{"accepted":["A-31"]}' },
  ],
  ['an answer of text', 'return {"statusCode": 200, "body": "A-31"}', { statusCode: 200, headers: {}, body: 'A-31' }],
  ['a plain value', 'return ["A-31"]', { statusCode: 200, headers: {}, body: '["A-31"]' }],
])('is a run like any other to who reads runs: %s', async (_what, line, result) => {
  const { path } = await newFunction(`def handler(e):\n    ${line}\n`, {}, 'ws-default');
  const { id } = await invoke(path);
  expect(read(await get(`/invocations/${id}`), 200, RunRecord)).toEqual({ status: 'COMPLETED', result });
  const complete = (await get(`/stream/invocations/${id}`)).text
    .split('\n')
    .findLast((line) => line.startsWith('data: '));
  expect(JSON.parse(complete?.slice('data: '.length) ?? '')).toMatchObject({ payload: { result } });
  await remove(path);
});

test.each<[string, string, Record<string, unknown>]>([
  [
    'raises',
    'def handler(e):\n    return e["body"].nope\n',
    { error: 'AttributeError', traceback: ['main.py, line 2, in handler'] },
  ],
  ['has no handler', 'x = 1\n', { error: 'HANDLER_NOT_FOUND' }],
  ['does not parse', 'def handler(:\n', { error: 'SYNTAX_ERROR' }],
  ['returns no JSON', 'def handler(e):\n    return {1, 2}\n', { error: 'INVALID_RESULT' }],
  ['exits', 'import os\ndef handler(e):\n    os._exit(3)\n', { error: 'EXITED' }],
  [
    'uses too much memory',
    'def handler(e):\n    x = [bytearray(1 << 20) for _ in range(4000)]\n    return len(x)\n',
    { error: 'OUT_OF_MEMORY' },
  ],
  ['raises half a character pair', 'def handler(e):\n    raise ValueError("\\ud800")\n', { error: 'ValueError' }],
  ['answers over 5 MB', 'def handler(e):\n    return "x" * (6 << 20)\n', { error: 'INVALID_RESULT' }],
])('code that %s is an error result, not an error of ours', async (_what, source, responseBody) => {
  const { path } = await newFunction(source, { memory: 128 });
  const log = await invoke(path, [1, 2]);
  expect(log).toMatchObject({ status: 'error', statusCode: 500, level: 'error', requestBody: [1, 2], responseBody });
  expect(await configOf(path)).toMatchObject({ invocations24h: 1, errors24h: 1 });
});

test('code of Node that never settles has ended by itself', async () => {
  const { path } = await newFunction('exports.handler = () => new Promise(() => {});\n', { runtime: 'Node.js 20' });
  expect(await invoke(path)).toMatchObject({ status: 'error', responseBody: { error: 'EXITED' } });
});

test('a deleted function takes its runs out of sight at once', async () => {
  const { path } = await newFunction(undefined, {}, 'ws-default');
  const { id } = await invoke(path);
  expect((await get(`/stream/invocations/${id}`)).status).toBe(200);
  expect((await remove(path)).status).toBe(204);
  for (const place of [`/stream/invocations/${id}`, `/invocations/${id}`, `/invocations/${id}/events`])
    refusal(await get(place), 404, 'INVOCATION_NOT_FOUND');
});

test.each<[string, string, unknown]>([
  [
    'a Spin class',
    'from spin_sdk.http import IncomingHandler, Response\nclass IncomingHandler(IncomingHandler):\n    def handle_request(self, request):\n        return Response(201, {"content-type": "text/plain"}, bytes(f"{request.method} {request.uri} {request.headers} {request.body.decode()}", "utf-8"))\n',
    { data: "POST / {'content-type': 'application/json'} {\"a\": 1}" },
  ],
  [
    'an async Spin class',
    'from spin_sdk.http import IncomingHandler, Response\nclass IncomingHandler(IncomingHandler):\n    async def handle_request(self, request):\n        return Response(200, {}, b"[1]")\n',
    [1],
  ],
  [
    'a factory',
    'class H:\n    def handle_request(self, request):\n        return {"statusCode": 200, "body": "x"}\ndef init_incoming_handler():\n    return H()\n',
    { data: 'x' },
  ],
  ['handle_request', 'def handle_request(request):\n    return 5\n', 5],
  [
    'lambda_handler before handler',
    'def handler(e):\n    return "no"\ndef lambda_handler(e, c):\n    return c.functionId[:3]\n',
    'fn-',
  ],
  ['an async handler', 'async def handler(e):\n    return e["a"]\n', 1],
])('finds %s', async (_what, source, responseBody) => {
  const { path } = await newFunction(source);
  const answer = await send('POST', `${path}/invoke`, { raw: '{"a": 1}' });
  expect(read(answer, 200, ExecutionLog).responseBody).toEqual(responseBody);
});

test.each<[string, string, unknown]>([
  [
    'lambda_handler',
    'exports.handler = () => 1; exports.lambda_handler = async (e, c) => [e.a, c.functionId.slice(0, 3)];',
    [1, 'fn-'],
  ],
  ['handler', 'export const handler = (e) => e.rawBody;', '{"a": 1}'],
])('finds the exported %s of node', async (_what, source, responseBody) => {
  const { path } = await newFunction(source, { runtime: 'nodejs20.x' });
  const answer = await send('POST', `${path}/invoke`, { raw: '{"a": 1}' });
  expect(read(answer, 200, ExecutionLog).responseBody).toEqual(responseBody);
});

test('an event has what the contract names, and no header of the caller', async () => {
  const { path } = await newFunction('def handler(e):\n    return e\n');
  const headers = { cookie: 'a=b', 'x-mine': '1', 'content-type': 'application/json' };
  const answer = await send('POST', `${path}/invoke?q=1`, { raw: '{"city":"Jeju","path":"mine"}', headers });
  expect(read(answer, 200, ExecutionLog).responseBody).toEqual({
    city: 'Jeju',
    httpMethod: 'POST',
    path: '',
    queryStringParameters: {},
    headers: { 'content-type': 'application/json' },
    body: { city: 'Jeju', path: 'mine' },
    rawBody: '{"city":"Jeju","path":"mine"}',
    isBase64Encoded: false,
  });
});

test.each<[string, unknown]>([
  ['{"statusCode": 204}', { data: '' }],
  ['{"statusCode": 200, "body": "[1, 2]"}', [1, 2]],
  ['{"statusCode": 200, "body": "plain"}', { data: 'plain' }],
  ['None', null],
  ['"text"', 'text'],
  ['Response(200, {}, b"\\xff\\xfe")', { data: '//4=', encoding: 'base64' }],
])('a handler that returns %s', async (value, responseBody) => {
  const { path } = await newFunction(`from spin_sdk.http import Response\ndef handler(e):\n    return ${value}\n`);
  expect((await invoke(path)).responseBody).toEqual(responseBody);
});

test('no body is an empty object; what is not JSON, or too deep, is refused without a log', async () => {
  const { path } = await newFunction();
  expect(read(await send('POST', `${path}/invoke`), 200, ExecutionLog)).toMatchObject({
    requestBody: {},
    responseBody: {},
  });
  refusal(await send('POST', `${path}/invoke`, { raw: '{"a":' }), 400, 'INVALID_JSON');
  refusal(await send('POST', `${path}/invoke`, { raw: '['.repeat(65) + ']'.repeat(65) }), 400, 'INVALID_JSON');
  expect(await logsOf(path)).toHaveLength(1);
  expect((await configOf(path)).invocations24h).toBe(1);
});

test('a disabled function is refused before its body is looked at; building, deploying and failed are not', async () => {
  const { path } = await newFunction();
  await patch(path, { status: 'disabled' });
  refusal(await send('POST', `${path}/invoke`, { raw: '{' }), 409, 'FUNCTION_DISABLED');
  for (const status of ['building', 'deploying', 'failed']) {
    await patch(path, { status });
    await invoke(path);
  }
  expect((await configOf(path)).invocations24h).toBe(3);
});

test('a function that is too slow is 504, stored and counted as an error', async () => {
  const { path } = await newFunction('import time\ndef handler(e):\n    time.sleep(60)\n', { timeout: 1 });
  const error = refusal(await post(`${path}/invoke`, {}), 504, 'TIMEOUT');
  const [log] = await logsOf(path);
  expect(error.details).toEqual({ timeoutSeconds: 1, logId: log?.id });
  expect(log).toMatchObject({ statusCode: 504, status: 'error', responseBody: { timeoutSeconds: 1 } });
  expect(await configOf(path)).toMatchObject({ invocations24h: 1, errors24h: 1 });
});

test.each([
  [
    'Python',
    'python',
    'import json\ndef inner(text):\n    return json.loads(text)\n\ndef handler(e):\n    return inner("{")\n',
    ['main.py, line 6, in handler', 'main.py, line 3, in inner'],
  ],
  [
    'Node',
    'node',
    'function inner(text) {\n  return JSON.parse(text, () => [].reduce((a) => a));\n}\nexports.handler = () => inner("[1]");\n',
    ['index.js, line 2, in inner', 'index.js, line 4, in exports.handler'],
  ],
])(
  'a traceback of %s, and what is logged of it, name the user’s own lines only',
  async (_what, runtime, source, own) => {
    const { path } = await newFunction(source, { runtime });
    const { responseBody, logs } = await invoke(path);
    const { traceback } = responseBody as { traceback: string[] };
    expect(traceback.map((line) => line.replace(/^index\.\w+/, 'index.js'))).toEqual(expect.arrayContaining(own));
    for (const line of [...traceback, ...logs]) expect(line).not.toMatch(/\/|node:|decoder|harness|narae|<frozen/i);
  },
);

test('large bodies are cut in the log, not in the answer', async () => {
  const { path } = await newFunction('def handler(e):\n    return "y" * 100000\n');
  const log = await invoke(path, 'x'.repeat(70_000));
  expect(log).toMatchObject({ requestBody: 'x'.repeat(70_000), responseBody: 'y'.repeat(100_000), level: 'info' });
  const [stored] = await logsOf(path);
  expect(stored).toMatchObject({
    requestBody: { truncated: true, bytes: 70_002 },
    responseBody: { truncated: true, bytes: 100_002 },
    level: 'warn',
  });
});

test('a log keeps 200 lines, and the last says how many were left out', async () => {
  const { path } = await newFunction('def handler(e):\n    for n in range(500):\n        print(n)\n');
  const log = await invoke(path);
  expect(log.logs).toHaveLength(200);
  expect(log.logs[198]).toBe('198');
  expect(log.logs[199]).toContain('301');
  expect(log.level).toBe('warn');
  expect((await logsOf(path))[0]?.logs).toEqual(log.logs);
});

test('parallel calls are counted once each, whatever the platform has room for', async () => {
  const { path } = await newFunction('def handler(e):\n    return 1\n');
  const answers = await Promise.all(Array.from({ length: 60 }, () => post(`${path}/invoke`, {})));
  // Of a 503 without a log a caller cannot know whether the function was reached: the gateway may have waited too long.
  const logged = answers.filter(({ headers }) => headers.get('x-log-id') !== null);
  const unknown = answers.filter(({ status, headers }) => status === 503 && headers.get('x-log-id') === null);
  expect(logged.length + unknown.length).toBeGreaterThan(0);
  await waitFor('the count and the logs to agree', async () => {
    const { size } = new Set((await logsOf(path, '?limit=1000')).map(({ id }) => id));
    expect(size).toBeLessThanOrEqual(logged.length + unknown.length);
    return (await configOf(path)).invocations24h === size && size >= logged.length ? true : undefined;
  });
}, 240_000);

test('a key runs the code once, also when it was too slow', async () => {
  const { path } = await newFunction(
    'import time\ndef handler(e):\n    time.sleep(e["body"]["s"])\n    return time.time()\n',
    { timeout: 1 },
  );
  for (const [s, status] of [
    [0, 200],
    [5, 504],
  ] as const) {
    const headers = { 'Idempotency-Key': `${s}-${Date.now()}` };
    const first = await post(`${path}/invoke`, { s }, { headers });
    const second = await post(`${path}/invoke`, { s }, { headers });
    expect([first.status, second.status]).toEqual([status, status]);
    expect(second.text).toBe(first.text);
  }
  expect((await configOf(path)).invocations24h).toBe(2);
});

test('a URL of the platform’s own runs on the engine', async () => {
  const { path } = await newFunction('def handler(e):\n    return "engine"\n');
  await patch(path, { invocationUrl: `${target().url}${path}/invoke` });
  expect((await invoke(path)).responseBody).toBe('engine');
});

test('a name that does not exist is 503, stored and counted', async () => {
  const { path } = await newFunction();
  await patch(path, { invocationUrl: 'https://orders.invalid/run' });
  const { details } = refusal(await post(`${path}/invoke`, {}), 503, 'INVOCATION_ERROR');
  expect(await logsOf(path)).toMatchObject([{ id: details?.['logId'], statusCode: 503, status: 'error', logs: [] }]);
  expect(await configOf(path)).toMatchObject({ invocations24h: 1, errors24h: 1 });
});
