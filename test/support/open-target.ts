import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../local/process/listen';

/**
 * Something that functions can be "deployed" at: what it answers stands in the address it is called under.
 * `status`, `type`, `location`, `base64` (the body), `times` (it is sent), `after` (milliseconds until it answers), `name` (under which calls
 * are counted: `GET /calls?name=` tells). Without `base64` it answers what it received, as JSON.
 */
export interface OpenTarget {
  /** `127.0.0.1:port`, as the setting `openTargets` names it. */
  readonly host: string;
  stop(): Promise<void>;
}

export async function startOpenTarget(): Promise<OpenTarget> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(request, response, calls).catch((error: unknown) => response.destroy(error as Error));
  });
  const port = await listen(server);
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { host: `127.0.0.1:${port}`, stop };
}

async function answer(request: IncomingMessage, response: ServerResponse, calls: Map<string, number>): Promise<void> {
  const body = await buffer(request);
  const { pathname, searchParams: asked } = new URL(request.url ?? '/', 'http://target');
  const name = asked.get('name') ?? '';
  if (pathname === '/calls') {
    response.end(String(calls.get(name) ?? 0));
    return;
  }
  calls.set(name, (calls.get(name) ?? 0) + 1);
  const { method, headers } = request;
  const base64 = asked.get('base64');
  const location = asked.get('location');
  const send = () => {
    response.writeHead(Number(asked.get('status') ?? 200), {
      'Content-Type': asked.get('type') ?? 'application/json',
      ...(location !== null && { Location: location }),
    });
    response.end(
      base64 === null
        ? JSON.stringify({ method, headers, body: body.toString('utf8') })
        : Buffer.concat(Array<Buffer>(Number(asked.get('times') ?? 1)).fill(Buffer.from(base64, 'base64'))),
    );
  };
  const timer = setTimeout(send, Number(asked.get('after') ?? 0));
  response.on('close', () => clearTimeout(timer));
}
