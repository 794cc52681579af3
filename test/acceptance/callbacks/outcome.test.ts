import { call, deployed } from '../../support/callbacks';

const python = (body: string) => `def lambda_handler(event, context):\n    ${body.replaceAll('\n', '\n    ')}\n`;
const valueOf = async (code: string, more: Readonly<Record<string, unknown>> = {}) =>
  call('GET', `/api/${(await deployed({ code, ...more })).path}`);

/** See docs/contracts/callbacks.md#outcome. */
describe('the outcome', () => {
  test.each<[string, string, unknown]>([
    [
      'an object with a statusCode stays as it is',
      'return {"statusCode": 404, "body": "x"}',
      { statusCode: 404, body: 'x' },
    ],
    ['a list', 'return [1, None, "a"]', [1, null, 'a']],
    ['nothing', 'pass', null],
    ['text', 'return "한글 🙂"', '한글 🙂'],
    ['output does not reach the answer', 'print("noise")\nreturn 1', 1],
  ])('%s', async (_, body, expected) => {
    expect(await valueOf(python(body))).toMatchObject({ lambdaStatusCode: 200, body: expected });
  });

  test('what is raised is 500 with its type and message', async () => {
    const { path } = await deployed({ method: 'POST', code: python('return event["body"]["price"]') });
    expect(await call('POST', `/api/${path}`, { json: {} })).toMatchObject({
      text: '{"lambdaStatusCode":500,"body":"KeyError: \'price\'"}',
    });
  });

  test.each([
    ['python', python('import sys\nsys.exit(3)')],
    ['node', 'exports.lambda_handler = () => { throw new TypeError("no"); };'],
    ['node', 'exports.lambda_handler = () => Promise.reject(new Error("later"));'],
    ['node', 'exports.lambda_handler = () => process.exit(4);'],
  ])('%s that ends badly is 500: %j', async (type, code) => {
    const answer = await valueOf(code, { type });
    expect(answer).toMatchObject({ lambdaStatusCode: 500 });
    expect(answer).not.toHaveProperty('lambda_status_code');
  });

  test.each([
    ['python', python('return {1, 2}')],
    ['python', python('return float("nan")')],
    ['python', python('a = []\na.append(a)\nreturn a')],
    ['node', 'exports.lambda_handler = () => { const a = {}; a.a = a; return a; };'],
    ['python', python('return "x" * (5 * 1024 * 1024 + 1)')],
  ])('%s value that is not JSON, or too large, is 400: %j', async (type, code) => {
    const answer = await valueOf(code, { type });
    expect(answer).toMatchObject({ lambdaStatusCode: 400, lambda_status_code: 400 });
    expect(String(answer.body).length).toBeGreaterThan(10);
  });

  test('numbers that JavaScript cannot hold arrive to the last digit', async () => {
    const { text } = await valueOf(python('return {"n": 12345678901234567890}'));
    expect(text).toBe('{"lambdaStatusCode":200,"body":{"n":12345678901234567890}}');
  });

  test('a value of many short texts arrives whole', async () => {
    const { body } = await valueOf(python('return [""] * 1_200_000'));
    expect(body).toHaveLength(1_200_000);
  });

  test('a value of 5 MB arrives whole', async () => {
    const { body } = await valueOf(python('return "x" * 5_000_000'));
    expect((body as string).length).toBe(5_000_000);
  });

  test('too much memory is 500 and says so', async () => {
    const answer = await valueOf(python('return len(bytearray(600 * 1024 * 1024))'));
    expect(answer).toMatchObject({ lambdaStatusCode: 500, lambda_status_code: 500 });
    expect(answer.body).toMatch(/memory/i);
  });

  test('beyond 28 s is 504 and holds the word Timeout', async () => {
    const answer = await valueOf(python('import time\ntime.sleep(60)'));
    expect(answer.text).toBe(
      '{"lambdaStatusCode":504,"lambda_status_code":504,"body":"Timeout: no answer within 28 s"}',
    );
  });

  test('is never cached: each request runs the handler once', async () => {
    const { path } = await deployed({ code: python('import uuid\nreturn str(uuid.uuid4())') });
    const values = [await call('GET', `/api/${path}`), await call('GET', `/api/${path}`)].map(({ body }) => body);
    expect(new Set(values).size).toBe(2);
  });

  test('an Idempotency-Key changes nothing about that', async () => {
    const { path } = await deployed({ method: 'POST', code: python('import uuid\nreturn str(uuid.uuid4())') });
    const headers = { 'Idempotency-Key': 'the-same' };
    const values = [await call('POST', `/api/${path}`, { headers }), await call('POST', `/api/${path}`, { headers })];
    expect(new Set(values.map(({ body }) => body)).size).toBe(2);
  });

  test('nothing is left of the call before', async () => {
    const code = python('import os\nleft = os.listdir("/tmp")\nopen("/tmp/mine", "w").close()\nreturn "mine" in left');
    const { path } = await deployed({ code });
    expect((await call('GET', `/api/${path}`)).body).toBe(false);
    expect((await call('GET', `/api/${path}`)).body).toBe(false);
  });
});
