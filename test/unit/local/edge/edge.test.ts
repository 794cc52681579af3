import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../../../../local/process/listen';
import { Edge, EDGE_DEFAULTS, type EdgeOptions } from '../../../../local/edge/server';
import { within } from '../../../support/wait';
import { matching } from '../support/matchers';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Origin {
  readonly url: string;
  handler: Handler;
  readonly server: Server;
}

async function origin(name: string): Promise<Origin> {
  const server = createServer((request, response) => made.handler(request, response));
  const port = await listen(server);
  const made: Origin = { url: `http://127.0.0.1:${port}`, handler: echo(name), server };
  return made;
}

/** Answers with what came. */
const echo =
  (name: string): Handler =>
  (request, response) =>
    void text(request).then((body) => {
      response.writeHead(200, { 'X-Request-Id': 'req-1', Server: 'emulator', 'Set-Cookie': ['a=1', 'b=2'] });
      response.end(JSON.stringify({ name, method: request.method, url: request.url, headers: request.headers, body }));
    });

let api: Origin;
let stream: Origin;
let edge: Edge;

const start = async (more: Partial<EdgeOptions> = {}) => {
  edge = await Edge.start({
    ...EDGE_DEFAULTS,
    host: '127.0.0.1',
    port: 0,
    api: { origin: api.url, prefix: '/_aws/execute-api/abc/$default' },
    stream: { origin: stream.url, prefix: '/url/streamer' },
    streamPaths: ['/stream', '/api/things/watch'],
    ...more,
  });
};

const at = (path: string) => `http://127.0.0.1:${edge.port}${path}`;

beforeEach(async () => {
  [api, stream] = await Promise.all([origin('api'), origin('stream')]);
});

afterEach(() => {
  edge.stop();
  for (const { server } of [api, stream]) {
    server.close();
    server.closeAllConnections();
  }
});

const seen = async (path: string, init?: RequestInit) =>
  (await (await fetch(at(path), init)).json()) as {
    name: string;
    method: string;
    url: string;
    headers: Record<string, string>;
    body: string;
  };

describe('what goes where', () => {
  test('is handed on as it was sent, trailing slashes included', async () => {
    await start();

    for (const [path, forwarded] of [
      ['/invocations/', '/invocations/'],
      ['/invocations/?limit=1', '/invocations/?limit=1'],
      ['/', '/'],
      ['//', '//'],
      ['/?q=/', '/?q=/'],
    ] as const) {
      expect((await seen(path)).url).toBe(`/_aws/execute-api/abc/$default${forwarded}`);
    }
  });

  test('is told which host the caller used, whatever the caller says of it', async () => {
    await start();

    const { headers } = await seen('/', { headers: { 'X-Forwarded-Host': 'evil.example' } });
    expect(headers['x-forwarded-host']).toBe(`127.0.0.1:${edge.port}`);
  });

  test('is the stream function below its addresses and the HTTP API for all else, addresses verbatim but for a slash at the end', async () => {
    await start();

    expect(await seen('/stream/invocations/inv-1?a=%20b&a')).toMatchObject({
      name: 'stream',
      url: '/url/streamer/stream/invocations/inv-1?a=%20b&a',
    });
    expect(await seen('/api/things/watch/7/')).toMatchObject({ name: 'stream' });
    for (const other of ['/api/things/watch', '/api/things/watched/7', '/api/things/7?/api/things/watch/7'])
      expect(await seen(other)).toMatchObject({ name: 'api' });
    expect(await seen('/streams//x%2Fy?q=1+2&&')).toMatchObject({
      name: 'api',
      url: '/_aws/execute-api/abc/$default/streams//x%2Fy?q=1+2&&',
    });
  });

  test('keeps method, headers and body, and says who is calling', async () => {
    await start({ originSecret: 'told' });

    const got = await seen('/invocations', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Forwarded-For': '10.0.0.1',
        'X-Narae-Origin': 'forged',
        'X-Narae-Visitor': '10.0.0.1',
        TE: 'x',
      },
      body: '{"é":1}',
    });
    expect(got).toMatchObject({
      method: 'POST',
      body: '{"é":1}',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': '10.0.0.1, 127.0.0.1',
        'x-forwarded-host': `127.0.0.1:${edge.port}`,
        'x-narae-origin': 'told',
        'x-narae-visitor': '127.0.0.1',
        host: new URL(api.url).host,
      },
    });
    expect(got.headers).not.toHaveProperty('te');
  });

  test('leaves out a secret that the stage does not have, also when a client makes one up', async () => {
    await start();

    expect((await seen('/', { headers: { 'X-Narae-Origin': 'forged' } })).headers).not.toHaveProperty('x-narae-origin');
  });

  test('passes answers on with their cookies and their request id', async () => {
    await start();

    const answer = await fetch(at('/'));
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(answer.headers.get('x-request-id')).toBe('req-1');
  });
});

describe('streaming', () => {
  test('passes an answer on while it is being made, headers first', async () => {
    let upstream: ServerResponse | undefined;
    stream.handler = (_, response) => {
      upstream = response;
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    };
    await start();

    const answer = await fetch(at('/stream/x'));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = answer.body?.getReader();
    for (const piece of ['one', 'two']) {
      upstream?.write(piece);
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(piece);
    }
    await reader?.cancel();
  });

  test('tells the origin when the client leaves', async () => {
    const left = Promise.withResolvers<unknown>();
    stream.handler = (_, response) => {
      response.once('close', left.resolve);
      response.writeHead(200).write('x');
    };
    await start();
    const leaving = new AbortController();
    await fetch(at('/stream/x'), { signal: leaving.signal });

    leaving.abort();

    await within('the origin to be told', 5_000, left.promise);
  });

  test('cuts its answer where the origin is cut off', async () => {
    stream.handler = (_, response) => {
      response.writeHead(200).write('half', () => response.destroy());
    };
    await start();

    await expect(fetch(at('/stream/x')).then((answer) => answer.text())).rejects.toThrow();
  });
});

describe('refusals in the form of the contract', () => {
  const refused = async (answer: Response) => ({
    status: answer.status,
    id: answer.headers.get('x-request-id'),
    body: await answer.json(),
  });

  const error = (code: string) => ({
    error: { code, message: matching(/\.$/), requestId: matching(/^req-/) },
  });

  test('413 for a body over the limit, announced or not', async () => {
    await start({ bodyLimitBytes: 1_000 });
    const announced = await fetch(at('/'), { method: 'POST', body: 'x'.repeat(1_001) });
    expect(await refused(announced)).toMatchObject({ status: 413, body: error('PAYLOAD_TOO_LARGE') });

    const chunked = httpRequest(at('/'), { method: 'POST' });
    chunked.on('error', () => undefined);
    for (let n = 0; n < 20; n += 1) chunked.write('x'.repeat(100));
    const [answer] = (await once(chunked, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(413);
    chunked.destroy();
  });

  test('413 before the body is sent, for a client that asks first', async () => {
    await start({ bodyLimitBytes: 1_000 });

    const asking = httpRequest(at('/'), {
      method: 'POST',
      headers: { Expect: '100-continue', 'Content-Length': 5_000 },
    });
    asking.on('error', () => undefined);
    const continued = once(asking, 'continue').then(() => 'continue');
    const answered = once(asking, 'response').then(([answer]) => (answer as IncomingMessage).statusCode);
    asking.flushHeaders();

    expect(await Promise.race([continued, answered])).toBe(413);
    asking.destroy();
  });

  test('takes a body at the limit', async () => {
    await start({ bodyLimitBytes: 1_000 });

    expect((await seen('/', { method: 'POST', body: 'x'.repeat(1_000) })).body).toHaveLength(1_000);
  });

  test('504 when the API has not begun to answer in time', async () => {
    api.handler = () => undefined;
    await start({ apiTimeoutMs: 100 });

    expect(await refused(await fetch(at('/')))).toMatchObject({ status: 504, body: error('TIMEOUT') });
  });

  test('503 with Retry-After when the API is away', async () => {
    api.server.close();
    await start();

    const answer = await fetch(at('/'));
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await refused(answer)).toMatchObject({ status: 503, body: error('SERVICE_UNAVAILABLE') });
  });

  test.each([
    [502, 500, 'INTERNAL_ERROR'],
    [429, 429, 'RATE_LIMITED'],
    [503, 503, 'SERVICE_UNAVAILABLE'],
    [404, 404, 'ROUTE_NOT_FOUND'],
  ])("tells the HTTP API's own %i as %i %s", async (theirs, status, code) => {
    api.handler = (_, response) => response.writeHead(theirs).end('{"errorMessage":"internals"}');
    await start();

    expect(await refused(await fetch(at('/')))).toMatchObject({ status, body: error(code) });
  });

  test("lets a function's own errors pass", async () => {
    api.handler = (_, response) => response.writeHead(503, { 'X-Request-Id': 'req-9' }).end('{"error":{}}');
    await start();

    expect(await refused(await fetch(at('/')))).toEqual({ status: 503, id: 'req-9', body: { error: {} } });
  });
});
