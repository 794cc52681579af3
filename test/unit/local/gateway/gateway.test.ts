import { Readable } from 'node:stream';
import { Gateway } from '../../../../local/gateway/gateway';
import { RouteTable } from '../../../../local/gateway/routes';
import type { ApiDefinition } from '../../../../local/gateway/definition';
import { LambdaError } from '../../../../local/lambda/failure';
import type { Call } from '../../../../local/lambda/invoker';
import type { InvokeResult } from '../../../../local/lambda/response';

const API: ApiDefinition = {
  apiId: 'api1',
  routes: new RouteTable([{ key: 'ANY /things/{proxy+}', functionName: 'things' }]),
  cors: {
    allowOrigins: ['*'],
    allowMethods: ['GET', 'POST', 'OPTIONS'],
    allowHeaders: ['Content-Type'],
    exposeHeaders: ['X-Request-Id'],
    maxAgeSeconds: 600,
  },
  throttle: undefined,
};

const answers = (value: unknown): InvokeResult => ({
  ok: true,
  response: {
    contentType: 'application/json',
    streaming: false,
    body: Readable.from([Buffer.from(JSON.stringify(value))]),
    ended: Promise.resolve(undefined),
  },
});

const running: Gateway[] = [];
const reports: string[] = [];

interface Setting {
  readonly api?: ApiDefinition;
  readonly integrationTimeoutMs?: number;
  readonly payloadLimitBytes?: number;
}

async function gatewayTo(invoke: (call: Call) => Promise<InvokeResult>, setting: Setting = {}): Promise<string> {
  const gateway = await Gateway.start({
    api: API,
    ...setting,
    invoke,
    report: (message) => void reports.push(message),
  });
  running.push(gateway);
  return gateway.origin;
}

/** A gateway before a function that answers with the event that it got. */
async function echo(setting?: Setting): Promise<string> {
  return gatewayTo(
    (call) => Promise.resolve(answers({ statusCode: 200, body: call.payload.toString('utf8') })),
    setting,
  );
}

interface Event {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly pathParameters: Record<string, string>;
  readonly requestContext: { readonly timeEpoch: number; readonly http: { readonly method: string } };
}

const eventOf = async (answer: Response): Promise<Event> => (await answer.json()) as Event;

afterEach(() => {
  for (const gateway of running.splice(0)) gateway.stop();
  reports.length = 0;
});

describe('the event', () => {
  test('has a decoded path, escaped slashes included, and the query as it was sent', async () => {
    const event = await eventOf(await fetch(`${await echo()}/things/a%20b%2Fc%25?x=%41&x=2`));
    expect(event).toMatchObject({
      rawPath: '/things/a b/c%',
      rawQueryString: 'x=%41&x=2',
      pathParameters: { proxy: 'a b/c%' },
      queryStringParameters: { x: 'A,2' },
      routeKey: 'ANY /things/{proxy+}',
    });
  });

  test('says when the request arrived', async () => {
    const before = Date.now();
    const event = await eventOf(await fetch(`${await echo()}/things/1`));
    expect(event.requestContext.timeEpoch).toBeGreaterThanOrEqual(before);
    expect(event.requestContext.timeEpoch).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    ['application/json', '{"a":"é"}', false],
    ['application/json; charset=utf-8', '{}', false],
    ['text/plain', 'words', false],
    ['application/x-www-form-urlencoded', 'a=1', true],
    ['application/octet-stream', 'bytes', true],
  ])('has a body of type %s as text or base64', async (type, body, isBase64Encoded) => {
    const answer = await fetch(`${await echo()}/things/1`, { method: 'POST', body, headers: { 'Content-Type': type } });
    const event = await eventOf(answer);
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event.body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString('utf8')).toBe(body);
  });

  test('has the bytes of a JSON body that is not UTF-8', async () => {
    const bytes = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
    const headers = { 'Content-Type': 'application/json' };
    const event = await eventOf(await fetch(`${await echo()}/things/1`, { method: 'POST', body: bytes, headers }));
    expect(event.isBase64Encoded).toBe(true);
    expect(Buffer.from(event.body ?? '', 'base64')).toEqual(bytes);
  });
});

describe('a preflight', () => {
  const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' };

  test('goes to the function on an ANY route; the API has the last word on CORS', async () => {
    const seen: string[] = [];
    const origin = await gatewayTo((call) => {
      seen.push((JSON.parse(call.payload.toString('utf8')) as Event).requestContext.http.method);
      return Promise.resolve(answers({ statusCode: 204, headers: { 'Access-Control-Allow-Origin': 'https://other' } }));
    });
    const answer = await fetch(`${origin}/things/1`, { method: 'OPTIONS', headers });
    expect(seen).toEqual(['OPTIONS']);
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,POST,OPTIONS',
      'access-control-allow-headers': 'Content-Type',
      'access-control-max-age': '600',
    });
  });

  test('and every other answer has no CORS headers where nobody asks', async () => {
    const answer = await fetch(`${await echo()}/things/1`);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('its own refusals', () => {
  const messageOf = async (answer: Response) => ({ status: answer.status, body: await answer.json() });

  test('503 where the Lambda service has no environment', async () => {
    const origin = await gatewayTo(() => Promise.reject(new LambdaError('TooManyRequestsException', 'Rate Exceeded.')));
    expect(await messageOf(await fetch(`${origin}/things/1`))).toEqual({
      status: 503,
      body: { message: 'Service Unavailable' },
    });
  });

  test('503 where the function takes longer than the integration may, once', async () => {
    let calls = 0;
    const origin = await gatewayTo(
      () => {
        calls += 1;
        return new Promise<InvokeResult>(() => undefined);
      },
      { integrationTimeoutMs: 50 },
    );
    expect((await fetch(`${origin}/things/1`)).status).toBe(503);
    expect(calls).toBe(1);
  });

  test('500 without a word of the reason where the function fails, or answers with no status', async () => {
    const failed = await gatewayTo(() =>
      Promise.resolve({ ok: false, failure: { errorType: 'Secret', payload: '{"errorMessage":"secret"}' } }),
    );
    const odd = await gatewayTo(() => Promise.resolve(answers({ statusCode: 'odd' })));
    for (const origin of [failed, odd]) {
      expect(await messageOf(await fetch(`${origin}/things/1`))).toEqual({
        status: 500,
        body: { message: 'Internal Server Error' },
      });
    }
  });

  test('413 for a body over the limit, 404 for what no route takes', async () => {
    const origin = await echo({ payloadLimitBytes: 10 });
    expect((await fetch(`${origin}/things/1`, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
    expect((await fetch(`${origin}/nothing`)).status).toBe(404);
  });

  test('429 beyond the burst of the stage', async () => {
    const origin = await echo({ api: { ...API, throttle: { rate: 0.001, burst: 2 } } });
    const statuses = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await fetch(`${origin}/things/1`)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});
