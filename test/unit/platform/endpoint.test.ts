import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as z from 'zod';
import { endpoint, type EndpointOptions } from '../../../lambdas/platform/http/endpoint';
import { AppError } from '../../../lambdas/platform/http/errors';
import { Idempotency } from '../../../lambdas/platform/dynamo/idempotency';
import { ANYBODY } from '../../../lambdas/platform/auth/principal';
import type { RouteTable } from '../../../lambdas/platform/http/route';
import { telemetry } from '../../../lambdas/platform/telemetry';
import { createTable, testDynamo } from '../../support/aws';
import { testClock } from '../../support/clock';
import { testObserved } from '../../support/observed';

const routes = {
  echo: {
    method: 'POST',
    path: '/things/{id}/echo',
    summary: 'Answer what was sent',
    scope: 'run',
    params: z.object({ id: z.string() }),
    body: {
      schema: z.object({
        name: z.string().min(1),
        size: z.int().max(10).default(3),
        extra: z.unknown().optional(),
        memory: z.int().optional(),
      }),
      envelopeDepth: 1,
      idempotent: true,
    },
    success: { status: 201, body: z.object({ id: z.string(), name: z.string(), size: z.int(), turn: z.int() }) },
    errors: ['VALIDATION_ERROR'],
  },
  weigh: {
    method: 'POST',
    path: '/things/weigh',
    summary: 'Take the bytes as they are',
    scope: 'public',
    body: { schema: z.instanceof(Buffer), unparsed: true },
    success: { status: 200, body: z.object({ hex: z.string(), query: z.string() }) },
    errors: [],
  },
  fail: {
    method: 'GET',
    path: '/things/fail',
    summary: 'Fail',
    scope: 'public',
    success: { status: 200, body: z.object({}) },
    errors: [],
  },
} as const satisfies RouteTable;

const db = testDynamo();
const clock = testClock();
const own = telemetry('test', testObserved(), () => undefined);
let turn = 0;
type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
let handler: Handler;
/** The same, for a service whose bodies are objects and nothing else. */
let objectsOnly: Handler;

beforeAll(async () => {
  const options: EndpointOptions<typeof routes> = {
    routes,
    useCases: {
      echo: ({ params, body }) => {
        turn += 1;
        if (body.name === 'refuse me')
          throw new AppError('VALIDATION_ERROR', 'as you wish', { details: { field: 'name' } });
        return Promise.resolve({ body: { id: params.id, name: body.name, size: body.size, turn } });
      },
      weigh: ({ body }, { rawQuery }) => Promise.resolve({ body: { hex: body.toString('hex'), query: rawQuery } }),
      fail: () => Promise.reject(new Error('secret detail arn:aws:lambda')),
    },
    authenticate: () => Promise.resolve(ANYBODY),
    originGuard: undefined,
    allowedOrigins: ['https://a.example', 'https://b.example'],
    idempotency: new Idempotency(db, await createTable(db), clock),
    telemetry: own,
    identify: ({ 'x-someone': someone = '' }) => {
      if (someone === 'nobody') throw new AppError('UNAUTHENTICATED', 'Say who you are.');
      return someone;
    },
  };
  handler = endpoint(options);
  objectsOnly = endpoint({ ...options, objectBodies: true });
});

async function send(
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
  { waitedMs = 0, to = handler }: { readonly waitedMs?: number; readonly to?: Handler } = {},
) {
  const event = {
    rawPath: path,
    rawQueryString: 'a=1&a=2',
    headers,
    requestContext: { http: { method }, timeEpoch: Date.now() - waitedMs },
    isBase64Encoded: Buffer.isBuffer(body),
    ...(body !== undefined && { body: body.toString(Buffer.isBuffer(body) ? 'base64' : 'utf8') }),
  };
  // Only what the endpoint reads of the long event and context of API Gateway is given.
  const reply = await to(event as unknown as APIGatewayProxyEventV2, { awsRequestId: 'test-request' } as Context);
  const parsed: unknown = reply.body === undefined ? undefined : JSON.parse(reply.body);
  return { status: reply.statusCode, headers: reply.headers, body: parsed };
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const codeOf = (reply: { body: unknown }) => (reply.body as { error: { code: string } }).error.code;

test('begins nothing for a caller who is gone before the answer', async () => {
  const before = turn;
  const reply = await send('POST', '/things/a/echo', '{"name":"n"}', {}, { waitedMs: 28_500 });
  expect([reply.status, codeOf(reply), reply.headers?.['Retry-After']]).toEqual([503, 'SERVICE_UNAVAILABLE', '2']);
  expect(turn).toBe(before);
});

test('validates, fills defaults, ignores unknown fields and answers with the status of the table', async () => {
  const reply = await send('POST', '/things/a b%20/echo/', '{"name":"n","unknown":1}');
  expect(reply).toMatchObject({ status: 201, body: { id: 'a b%20', name: 'n', size: 3 } });
  expect(reply.headers).toMatchObject({ 'Content-Type': 'application/json', 'X-Request-Id': 'req-test-request' });
});

test('a route that asks for bytes gets them as they came, with the query as it came', async () => {
  const weigh = (body?: string | Buffer) => send('POST', '/things/weigh', body);
  expect((await weigh('{}}')).body).toEqual({ hex: '7b7d7d', query: 'a=1&a=2' });
  expect((await weigh(Buffer.from([0xff, 0x00]))).body).toMatchObject({ hex: 'ff00' });
  expect((await weigh()).body).toMatchObject({ hex: '' });
});

test.each([
  ['{"name":1}', 'name', 'name must be a string'],
  ['{}', 'name', 'name is required'],
  ['{"name":""}', 'name', 'name must not be empty'],
  ['{"name":"n","size":"3"}', 'size', 'size must be a number'],
  ['{"name":"n","size":1.5}', 'size', 'size must be an integer'],
  ['{"name":"n","size":11}', 'size', 'size must be at most 10'],
  ['[]', 'body', 'body must be an object'],
])('refuses %s, naming the field', async (body, field, message) => {
  const reply = await send('POST', '/things/1/echo', body);
  expect(reply).toMatchObject({
    status: 400,
    body: { error: { code: 'VALIDATION_ERROR', message, details: { field } } },
  });
});

test.each([
  ['nothing', undefined],
  ['no JSON', '{'],
  ['an empty string', ''],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ['a number beyond a double', '{"name":"n","extra":1e999}'],
  ['one below zero, deep inside', '{"name":"n","extra":[{"a":-1e999}]}'],
  ['__proto__', '{"name":"n","__proto__":{}}'],
  ['a constructor deep inside', '{"name":"n","extra":[{"constructor":1}]}'],
  ['65 levels of caller data', `{"name":"n","extra":${nested(65)}}`],
  ['a million levels', nested(1_000_000)],
])('answers INVALID_JSON to %s', async (_what, body) => {
  const reply = await send('POST', '/things/1/echo', body);
  expect(reply.status).toBe(400);
  expect(codeOf(reply)).toBe('INVALID_JSON');
});

test.each(['[]', '1', '"x"', 'null'])(
  'answers INVALID_JSON to %s where bodies are objects and nothing else',
  async (body) => {
    const reply = await send('POST', '/things/1/echo', body, {}, { to: objectsOnly });
    expect([reply.status, codeOf(reply)]).toEqual([400, 'INVALID_JSON']);
    expect((await send('POST', '/things/1/echo', '{"name":"n"}', {}, { to: objectsOnly })).status).toBe(201);
  },
);

test('takes caller data nested 64 levels', async () => {
  expect((await send('POST', '/things/1/echo', `{"name":"n","extra":${nested(64)}}`)).status).toBe(201);
});

test('answers PAYLOAD_TOO_LARGE beyond 6 MB', async () => {
  const reply = await send('POST', '/things/1/echo', JSON.stringify({ name: 'n', extra: 'x'.repeat(6 * 1024 * 1024) }));
  expect(reply.status).toBe(413);
  expect(codeOf(reply)).toBe('PAYLOAD_TOO_LARGE');
});

test('tells an unknown path from a known one with another method', async () => {
  expect(codeOf(await send('GET', '/nothing'))).toBe('ROUTE_NOT_FOUND');
  const reply = await send('DELETE', '/things/1/echo');
  expect(reply).toMatchObject({ status: 405, headers: { Allow: 'POST' } });
});

describe('OPTIONS', () => {
  const preflight = (origin: string, path = '/things/1/echo') => send('OPTIONS', path, undefined, { Origin: origin });

  test('is answered for any path, without a credential, and never with 405', async () => {
    for (const path of ['/things/1/echo', '/things/fail/', '/nothing', '/']) {
      const reply = await preflight('https://b.example', path);
      expect(reply).toEqual({
        status: 204,
        headers: {
          'Access-Control-Allow-Origin': 'https://b.example',
          'Access-Control-Allow-Methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
          'Access-Control-Allow-Headers':
            'Content-Type,Authorization,X-API-Key,Idempotency-Key,Last-Event-ID,X-User-ID,If-Match,Accept,Cache-Control,traceparent,tracestate',
          'Access-Control-Expose-Headers':
            'X-Request-Id,X-Next-Cursor,ETag,Retry-After,Idempotency-Replayed,Location,X-Log-Id,X-Narae-Warnings',
          'Access-Control-Max-Age': '600',
          Vary: 'Origin',
          'X-Request-Id': 'req-test-request',
        },
        body: undefined,
      });
    }
  });

  test('lets no other origin in', async () => {
    const { status, headers } = await preflight('https://c.example');
    expect([status, headers?.['Access-Control-Allow-Origin']]).toEqual([204, undefined]);
  });
});

test('says nothing of what went wrong inside, but logs it', async () => {
  const log = jest.spyOn(own.logger, 'error').mockImplementation(() => undefined);
  const reply = await send('GET', '/things/fail');
  const logged = [...log.mock.calls];
  log.mockRestore();
  const cause: unknown = expect.objectContaining({ message: 'secret detail arn:aws:lambda' });
  expect(logged).toEqual([[expect.any(String), { cause }]]);
  expect(reply).toMatchObject({
    status: 500,
    body: { error: { code: 'INTERNAL_ERROR', requestId: 'req-test-request' } },
  });
  expect(JSON.stringify(reply.body)).not.toContain('secret');
});

describe('Idempotency-Key', () => {
  const post = (key: string, body: string) => send('POST', '/things/1/echo', body, { 'Idempotency-Key': key });

  test('answers a repeated request with the first answer, marked', async () => {
    const first = await post('key-1', '{"name":"n"}');
    const second = await post('key-1', '{"name":"n"}');
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({ 'Idempotency-Replayed': 'true' });
  });

  test('is refused with another body, and with a value that is no key', async () => {
    await post('key-2', '{"name":"n"}');
    expect(codeOf(await post('key-2', '{"name":"other"}'))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(codeOf(await post('has space', '{"name":"n"}'))).toBe('VALIDATION_ERROR');
  });

  test('is kept by who asks, and who does not say is refused before anything else is judged', async () => {
    const by = (someone: string, body: string) =>
      send('POST', '/things/1/echo', body, { 'Idempotency-Key': 'key-6', 'X-Someone': someone });
    const first = await by('a', '{"name":"n"}');
    expect((await by('b', '{"name":"n"}')).body).not.toEqual(first.body);
    expect(codeOf(await by('b', '{"name":"other"}'))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await by('a', '{"name":"n"}')).body).toEqual(first.body);
    expect(codeOf(await by('nobody', 'no JSON'))).toBe('UNAUTHENTICATED');
  });

  test('is not used up by a refused request', async () => {
    expect((await post('key-3', '{"name":"refuse me"}')).status).toBe(400);
    expect((await post('key-3', '{"name":"n"}')).status).toBe(201);
  });

  test('lets one of two racing requests do the work', async () => {
    const before = turn;
    const replies = await Promise.all([post('key-4', '{"name":"n"}'), post('key-4', '{"name":"n"}')]);
    expect(turn).toBe(before + 1);
    expect(replies.map(({ status }) => status)).toContain(201);
  });

  test('is forgotten after 24 hours', async () => {
    const first = await post('key-5', '{"name":"n"}');
    clock.advance(24 * 3_600_000 + 1_000);
    const second = await post('key-5', '{"name":"n"}');
    expect(second.body).not.toEqual(first.body);
  });
});

test('names ignored fields that another API has for the same thing, with every answer but never with values', async () => {
  const said = async (body: unknown) =>
    (await send('POST', '/things/7/echo', JSON.stringify(body))).headers?.['X-Narae-Warnings'];
  expect(await said({ name: 'a', memoryMb: 'hidden', unknown: 1 })).toBe('memoryMb is ignored; use memory');
  expect(await said({ memoryMb: 5 })).toBe('memoryMb is ignored; use memory');
  expect(await said({ name: 'a', memory: 5, unknown: 1, env: {} })).toBeUndefined();
});
