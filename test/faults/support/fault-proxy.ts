import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Connection } from './workers';

/** A request that stands before the proxy, whole. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** By which the caller's process can be found. */
  readonly connection: Connection;
}

/** What becomes of a request. `cut`: the connection breaks, before the request is passed on or instead of its answer. */
export type Fate =
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly status: number; readonly type: string; readonly body: string }
  | { readonly kind: 'cut'; readonly moment: 'before' | 'after' };

export const PASS: Fate = { kind: 'pass' };

export type Decide = (exchange: Exchange) => Fate | Promise<Fate>;

/** An HTTP proxy for a service of this machine that decides about each request what becomes of it. */
export class FaultProxy {
  readonly #server = createServer();
  readonly #agent = new Agent({ keepAlive: true });
  #target = '';
  #decide: Decide = () => PASS;
  #originOf: (connection: Connection) => Connection = (connection) => connection;

  static async start(): Promise<FaultProxy> {
    const proxy = new FaultProxy();
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    // Calls may last as long as runs do; callers keep their connections.
    proxy.#server.requestTimeout = 0;
    proxy.#server.keepAliveTimeout = 60_000;
    proxy.#server.on('request', (request, response) => {
      proxy.#answer(request, response).catch(() => response.destroy());
    });
    return proxy;
  }

  get endpoint(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  /** Where requests go, e.g. `http://127.0.0.1:20123`. */
  leadTo(target: string): void {
    this.#target = target;
  }

  /** What stands between the callers and this proxy tells by it whose connection one is. */
  seeThrough(originOf: (connection: Connection) => Connection): void {
    this.#originOf = originOf;
  }

  /** From now on this decides. */
  decideBy(decide: Decide): void {
    this.#decide = decide;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange: Exchange = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      headers: request.headers,
      body: await buffer(request),
      connection: this.#originOf({
        theirPort: request.socket.remotePort ?? 0,
        ourPort: request.socket.localPort ?? 0,
      }),
    };
    const fate = await this.#decide(exchange);
    if (fate.kind === 'answer') {
      response.writeHead(fate.status, { 'Content-Type': fate.type }).end(fate.body);
    } else if (fate.kind === 'cut' && fate.moment === 'before') {
      response.destroy();
    } else {
      await this.#passOn(exchange, response, fate.kind === 'cut');
    }
  }

  /** Bytes go on as they come: answers may be streams that last. */
  #passOn(exchange: Exchange, response: ServerResponse, cutAnswer: boolean): Promise<void> {
    const { hostname, port } = new URL(this.#target);
    const { method, url: path, headers, body } = exchange;
    return new Promise((resolve, reject) => {
      const upstream = httpRequest({ agent: this.#agent, hostname, port, method, path, headers }, (answer) => {
        answer.on('error', reject);
        if (cutAnswer) {
          answer.resume();
          answer.once('end', () => resolve(void response.destroy()));
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        response.flushHeaders();
        answer.pipe(response);
        answer.once('end', resolve);
      });
      upstream.once('error', reject);
      response.once('close', () => upstream.destroy());
      upstream.end(body);
    });
  }
}
