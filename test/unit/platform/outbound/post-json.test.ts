import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../../../local/process/listen';
import { postJson, TooSlow, Unreachable } from '../../../../lambdas/platform/outbound/post-json';
import { TooLarge } from '../../../../lambdas/platform/outbound/read-answer';
import { resolveTarget } from '../../../../lambdas/platform/outbound/resolve';
import { openTargets } from '../../../../lambdas/platform/outbound/target';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server of this machine; the requests it got. */
async function serve(answer: Answer): Promise<{ readonly port: number; readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    request.resume();
    request.on('end', () => answer(request, response));
  });
  const port = await listen(server);
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { port, seen };
}

const call = (port: number, change: { timeoutMs?: number; addresses?: string[] } = {}) =>
  postJson({
    url: new URL(`http://shop.example:${port}/run?x=1`),
    addresses: ['127.0.0.1'],
    json: '{"id":1}',
    timeoutMs: 5_000,
    maxBytes: 1_000,
    ...change,
  });

test('posts to the checked address under the name of the URL', async () => {
  const { port, seen } = await serve((_request, response) => {
    response.writeHead(201, { 'content-type': 'text/plain' }).end('thanks');
  });
  const reply = await call(port);
  expect({ ...reply, body: reply.body.toString() }).toEqual({ status: 201, contentType: 'text/plain', body: 'thanks' });
  expect(seen[0]?.headers).toMatchObject({
    host: `shop.example:${port}`,
    'content-type': 'application/json',
    'content-length': '8',
    connection: 'close',
  });
  expect(seen[0]?.url).toBe('/run?x=1');
});

test('asks the resolver once: an answer that changes afterwards changes nothing', async () => {
  const { port } = await serve((_request, response) => response.end('ok'));
  let asked = 0;
  const changing = () => Promise.resolve(asked++ === 0 ? ['127.0.0.1'] : ['127.0.0.99']);
  const url = new URL(`http://shop.example:${port}/`);
  const addresses = await resolveTarget(url, openTargets(`shop.example:${port}`), changing);
  expect((await call(port, { addresses: [...addresses] })).status).toBe(200);
  expect(asked).toBe(1);
});

test('does not follow a redirect, wherever it leads', async () => {
  const inner = await serve((_request, response) => response.end('secret'));
  const outer = await serve((_request, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/` }).end();
  });
  expect((await call(outer.port)).status).toBe(307);
  expect(inner.seen).toHaveLength(0);
});

test('takes the next address when the first refuses the connection', async () => {
  const { port } = await serve((_request, response) => response.end('ok'));
  expect((await call(port, { addresses: ['127.0.0.2', '127.0.0.1'] })).status).toBe(200);
});

test('says which limit was broken', async () => {
  const large = await serve((_request, response) => response.end('x'.repeat(1_001)));
  await expect(call(large.port)).rejects.toThrow(TooLarge);
  const silent = await serve(() => undefined);
  await expect(call(silent.port, { timeoutMs: 100 })).rejects.toThrow(TooSlow);
  const trickle = await serve((_request, response) => {
    response.writeHead(200).write('x');
  });
  await expect(call(trickle.port, { timeoutMs: 100 })).rejects.toThrow(TooSlow);
});

test.each<[string, Answer]>([
  ['a connection that breaks', (request) => request.socket.destroy()],
  ['something that is no HTTP', (request) => void request.socket.end('SSH-2.0-x\r\n\r\n')],
  [
    'another protocol',
    (request) =>
      void request.socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  ],
])('cannot reach a host that answers with %s', async (_what, answer) => {
  const { port } = await serve(answer);
  await expect(call(port)).rejects.toThrow(Unreachable);
});
