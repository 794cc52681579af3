import { readFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { listen } from '../../../../local/process/listen';
import { Edge, EDGE_DEFAULTS, type EdgeOptions } from '../../../../local/edge/server';
import { RawGet } from '../../../support/raw-http';
import { waitFor, within } from '../../../support/wait';

/** Clients that are many, slow, or do not speak HTTP: each gets an answer or is cut off, none holds the edge. */

const DEADLINE_MS = 10_000;

let origin: Server;
let edge: Edge;

/** A stream that begins and says nothing more, as that of a run that waits. */
beforeEach(async () => {
  origin = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Request-Id': 'req-1' }).flushHeaders();
  });
  await listen(origin);
});

afterEach(() => {
  edge.stop();
  origin.close();
  origin.closeAllConnections();
});

async function start(more: Partial<EdgeOptions>): Promise<void> {
  const address = origin.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const target = { origin: url, prefix: '' };
  const targets = { api: target, stream: target, streamPaths: ['/stream'] };
  edge = await Edge.start({ ...EDGE_DEFAULTS, host: '127.0.0.1', port: 0, ...targets, ...more });
}

/** Opens a stream and leaves it open. */
const view = (): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: edge.port, path: '/stream/x', agent: false }, resolve).once('error', reject);
  });

const codeOf = async (answer: IncomingMessage): Promise<unknown> =>
  (JSON.parse(await text(answer)) as { error: { code: unknown } }).error.code;

describe('viewers', () => {
  test('beyond the limit are told 503 at once, and served when another one leaves', async () => {
    await start({ maxViewers: 3 });
    const served = await Promise.all([view(), view(), view()]);
    expect(served.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);

    const refused = await view();
    expect(refused.statusCode).toBe(503);
    expect(refused.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
    expect(refused.headers['x-request-id']).toMatch(/^req-/);
    expect(await codeOf(refused)).toBe('SERVICE_UNAVAILABLE');

    served[0].destroy();
    const next = await waitFor('a place', async () => {
      const answer = await view();
      if (answer.statusCode === 200) return answer;
      answer.resume();
      return undefined;
    });
    for (const answer of [...served, next]) answer.destroy();
  });

  test('do not keep others from the API', async () => {
    await start({ maxViewers: 1 });
    const viewer = await view();
    const answer = await fetch(`http://127.0.0.1:${edge.port}/`);
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
    viewer.destroy();
  });

  test('may be 10,000: as many as it is allowed are served, all others are told 503', async () => {
    // A viewer that is served takes four descriptors of this process: it is client, edge and origin in one.
    const allowed = Math.min(2_000, Math.floor(descriptors() / 10));
    const all = Math.min(10_000, allowed * 5);
    await start({ maxViewers: allowed, maxConnections: allowed + 500 });
    const answers: IncomingMessage[] = [];
    try {
      for (let come = 0; come < all; come += 200) {
        answers.push(...(await Promise.all(Array.from({ length: 200 }, view))));
      }
      const refused = answers.filter(({ statusCode }) => statusCode === 503);
      expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(allowed);
      expect(refused).toHaveLength(answers.length - allowed);
      const codes = new Set(await within('all refusals', 60_000, Promise.all(refused.map(codeOf))));
      expect(codes).toEqual(new Set(['SERVICE_UNAVAILABLE']));
    } finally {
      for (const answer of answers) answer.destroy();
    }
  }, 120_000);
});

/** Soft limit of open files of this process. */
const descriptors = (): number =>
  Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1_024);

describe('connections', () => {
  test('beyond the limit are told 503, those before go on', async () => {
    await start({ maxConnections: 1 });
    const first = new RawGet(new URL(`http://127.0.0.1:${edge.port}/`));
    expect((await first.head).status).toBe(200);

    const second = new RawGet(new URL(`http://127.0.0.1:${edge.port}/`));
    const { status, headers } = await second.head;
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    await within('the second connection to be closed', DEADLINE_MS, second.ended);
    first.hangUp();
  });
});

/** What comes back on a connection of our own until it is closed by the edge. */
async function exchange(send: (socket: Socket) => void): Promise<string> {
  const socket = connect(edge.port, '127.0.0.1');
  socket.on('error', () => undefined);
  send(socket);
  return within('the edge to close the connection', DEADLINE_MS, text(socket));
}

describe('slow clients', () => {
  test('that never end their headers are cut off with 408', async () => {
    await start({ headersTimeoutMs: 200 });
    const answer = await exchange((socket) => {
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
      const drip = setInterval(() => socket.write('X-A: b\r\n'), 50);
      socket.once('close', () => clearInterval(drip));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[^]*"code":"REQUEST_TIMEOUT"/);
  });

  test('that say nothing at all are cut off', async () => {
    await start({ headersTimeoutMs: 200 });
    expect(await exchange(() => undefined)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  test('that never end their body are cut off with 408, and so is what the edge asked for them', async () => {
    let left = false;
    origin.removeAllListeners('request');
    origin.on('request', (request: IncomingMessage) => request.once('close', () => (left = !request.complete)));
    await start({ headersTimeoutMs: 200, requestTimeoutMs: 400 });
    const answer = await exchange((socket) => {
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 50);
      socket.once('close', () => clearInterval(drip));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await waitFor('the origin to be told', () => (left ? true : undefined));
  });
});

describe('what is not HTTP', () => {
  test.each([
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['a head without end', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: a\r\n X-Narae-Origin: b\r\n\r\n', 400],
    ['a header with a bare line end', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: a\rX-B: b\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost: x\r\nX-Narae-Origin : b\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ])('is refused and cut off: %s', async (_, request, status) => {
    await start({});
    const answer = await exchange((socket) => socket.write(request));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*"code":"(BAD_REQUEST|HEADERS_TOO_LARGE)"`));
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});
