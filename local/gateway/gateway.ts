import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { listen } from '../process/listen';
import { BodyTooLarge, readBody } from '../http-body';
import { LambdaError } from '../lambda/failure';
import { decodedPath } from '../lambda/faces/http-event';
import type { Call } from '../lambda/invoker';
import type { InvokeResult } from '../lambda/response';
import { messageOf } from '../process/errors';
import type { AnsweredRequest } from './api-metrics';
import { corsHeaders, isCorsHeader } from './cors';
import type { ApiDefinition } from './definition';
import { gatewayEvent } from './event';
import { ownReply, readReply, type GatewayReply } from './reply';
import { TokenBucket } from './throttle';

export interface GatewayOptions {
  /** Runs functions. @throws LambdaError where one was not run */
  readonly invoke: (call: Call) => Promise<InvokeResult>;
  readonly api: ApiDefinition;
  /** Told what a person should know and no caller is told. */
  readonly report: (message: string) => void;
  /** Told of each request that was answered. */
  readonly answered?: (request: AnsweredRequest) => void;
  /** API Gateway's limits: time for a function's whole answer, ms, and size of a request, bytes. */
  readonly integrationTimeoutMs?: number;
  readonly payloadLimitBytes?: number;
}

interface TimedReply extends GatewayReply {
  /** What the function took, where one was asked. */
  readonly integrationMs?: number;
}

const INTEGRATION_TIMEOUT_MS = 30_000;
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * The HTTP API of a laptop: what API Gateway does between the edge and the functions, on a port of its own. Routes, CORS
 * and throttling are those of the API that is deployed in the emulator. What it refuses is told in API Gateway's words
 * and without `X-Request-Id`, as on AWS.
 */
export class Gateway {
  readonly #server: Server;
  readonly #options: GatewayOptions;

  #api: ApiDefinition;
  #bucket: TokenBucket | undefined;

  private constructor(
    server: Server,
    options: GatewayOptions,
    /** e.g. `http://127.0.0.1:20125` */
    readonly origin: string,
  ) {
    this.#server = server;
    this.#options = options;

    this.#api = options.api;
    this.#bucket = bucketOf(options.api);
  }

  static async start(options: GatewayOptions): Promise<Gateway> {
    const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 60_000 });
    const port = await listen(server);
    const gateway = new Gateway(server, options, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => void gateway.#answer(request, response));
    return gateway;
  }

  /** After a deployment: other routes, other settings. */
  use(api: ApiDefinition): void {
    this.#api = api;
    this.#bucket = bucketOf(api);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedAt = performance.now();
    const cors = corsHeaders(this.#api.cors, request.method ?? 'GET', request.headers);
    const reply: TimedReply = await this.#reply(request).catch((error: unknown) => {
      this.#options.report(`The HTTP API failed: ${messageOf(error)}`);
      return ownReply(500);
    });
    this.#options.answered?.({
      status: reply.head.statusCode,
      latencyMs: Math.round(performance.now() - arrivedAt),
      integrationMs: reply.integrationMs,
    });
    if (response.destroyed) return;
    const own = this.#api.cors ? Object.entries(reply.head.headers).filter(([name]) => !isCorsHeader(name)) : undefined;
    const { statusCode, cookies } = reply.head;
    const bodyless = statusCode === 204 || statusCode === 304;
    response.writeHead(statusCode, {
      ...(own ? Object.fromEntries(own) : reply.head.headers),
      ...cors,
      ...(!bodyless && { 'content-length': String(reply.body.length) }),
      ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
      // A body that was refused is not read to its end.
      ...(!request.complete && { connection: 'close' }),
    });
    response.end(request.method === 'HEAD' || bodyless ? undefined : reply.body);
    request.resume();
  }

  async #reply(request: IncomingMessage): Promise<TimedReply> {
    const arrivedAt = Date.now();
    if (this.#bucket?.take() === false) return ownReply(429);
    const [encodedPath = '/', ...query] = (request.url ?? '/').split('?');
    const path = decodedPath(encodedPath);
    const match = this.#api.routes.match(request.method ?? 'GET', path);
    if (!match) return ownReply(404);
    let body: Buffer;
    try {
      body = await readBody(request, this.#options.payloadLimitBytes ?? PAYLOAD_LIMIT_BYTES);
    } catch (error) {
      if (error instanceof BodyTooLarge) return ownReply(413);
      throw error;
    }
    const read = { path, rawQueryString: query.join('?'), body, arrivedAt };
    const event = gatewayEvent(request, read, match, this.#api.apiId);
    const askedAt = performance.now();
    const reply = await this.#integrate(match.route.functionName, Buffer.from(JSON.stringify(event)));
    return { ...reply, integrationMs: Math.round(performance.now() - askedAt) };
  }

  /** A function that takes longer than the integration may goes on, as on AWS; its caller is told 503. */
  async #integrate(reference: string, payload: Buffer): Promise<GatewayReply> {
    const over = new AbortController();
    const tooLate = () => ownReply(503);
    const timeoutMs = this.#options.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS;
    const late = wait(timeoutMs, undefined, { signal: over.signal }).then(tooLate, tooLate);
    try {
      return await Promise.race([this.#call(reference, payload), late]);
    } finally {
      over.abort();
    }
  }

  async #call(reference: string, payload: Buffer): Promise<GatewayReply> {
    try {
      return await readReply(await this.#options.invoke({ reference, payload }));
    } catch (error) {
      if (!(error instanceof LambdaError)) throw error;
      return ownReply(error.status === 429 ? 503 : 500);
    }
  }
}

const bucketOf = ({ throttle }: ApiDefinition): TokenBucket | undefined => throttle && new TokenBucket(throttle);
