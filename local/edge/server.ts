import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { listen } from '../process/listen';
import { Admission } from './admission';
import { codeOfAnswer, codeOfBadRequest, newRequestId, sendError, sendErrorOnConnection } from './errors';
import { answerHeaders, forwardedHeaders } from './headers';

/** A place that requests are passed on to. */
export interface Target {
  /** e.g. `http://127.0.0.1:20123` */
  readonly origin: string;
  /** Put in front of the path, e.g. `/url/my-function`. */
  readonly prefix: string;
}

export interface EdgeOptions {
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** The HTTP API: everything but streams. */
  readonly api: Target;
  /** The function URL that streams. */
  readonly stream: Target;
  /** What is below these addresses goes there, as by the behaviours of CloudFront. */
  readonly streamPaths: readonly string[];
  /** Sent along as `x-narae-origin`; undefined where the stage has none. */
  readonly originSecret: string | undefined;
  /** Requests on further connections are refused with 503. */
  readonly maxConnections: number;
  /** Streams open at once; further ones are refused with 503. */
  readonly maxViewers: number;
  /** A client gets this long to send its headers, and its whole request, ms: slow ones must not hold connections. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Time until the API's answer begins, ms: CloudFront's, beyond the 30 s after which the HTTP API itself gives up. */
  readonly apiTimeoutMs: number;
  /** API Gateway's limit of a request. */
  readonly bodyLimitBytes: number;
}

export const EDGE_DEFAULTS = {
  originSecret: undefined,
  maxConnections: 1_000,
  maxViewers: 256,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  apiTimeoutMs: 40_000,
  bodyLimitBytes: 10 * 1024 * 1024,
} as const satisfies Partial<EdgeOptions>;

/** How often Node looks for requests that take too long, ms. */
const CHECK_CONNECTIONS_MS = 2_000;
const KEEP_ALIVE_MS = 65_000;
/** Connections to the HTTP API are dropped before it drops them itself (65 s). */
const IDLE_UPSTREAM_MS = 30_000;

/** Stands on a laptop where CloudFront stands on AWS: one address for the API and the streams. */
export class Edge {
  readonly #server: Server;
  readonly #options: EdgeOptions;
  readonly #admission: Admission;

  readonly #agent = new Agent({ keepAlive: true, timeout: IDLE_UPSTREAM_MS });
  /** What is being answered on each connection. */
  readonly #answering = new WeakMap<Duplex, ServerResponse>();

  private constructor(
    server: Server,
    options: EdgeOptions,
    admission: Admission,
    readonly port: number,
  ) {
    this.#server = server;
    this.#options = options;
    this.#admission = admission;
  }

  /** Rejects with the error of `listen`, e.g. EADDRINUSE. */
  static async start(options: EdgeOptions): Promise<Edge> {
    const server = createServer({
      headersTimeout: options.headersTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_CONNECTIONS_MS, options.headersTimeoutMs),
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Refused below, in our words.
      requireHostHeader: false,
    });
    const admission = new Admission(options);
    server.maxConnections = admission.hardLimit;
    const port = await listen(server, options.port, options.host);
    const edge = new Edge(server, options, admission, port);
    server.on('connection', (connection) => admission.connected(connection));
    server.on('clientError', (error, connection) => edge.#refuseUnread(error, connection));
    server.on('request', (request, response) => edge.#answer(request, response));
    // A client that asks before it sends a large body is told no before it has sent it.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!edge.#isTooLarge(request)) response.writeContinue();
      edge.#answer(request, response);
    });
    return edge;
  }

  /** Takes no more requests and cuts what is open: streams would keep it open for minutes. */
  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  #isTooLarge(request: IncomingMessage): boolean {
    return Number(request.headers['content-length'] ?? 0) > this.#options.bodyLimitBytes;
  }

  /** A request that is not HTTP, or has not come to its end in time. */
  #refuseUnread(error: Error, connection: Duplex): void {
    // An answer that has begun can't be taken back, and nobody listens on a connection that is broken.
    if (this.#answering.get(connection)?.headersSent === true || !connection.writable) connection.destroy();
    else sendErrorOnConnection(connection, codeOfBadRequest(error));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { api, stream, streamPaths } = this.#options;
    const path = originForm(request.url);
    const isStream = streamPaths.some((prefix) => path.startsWith(`${prefix}/`));
    this.#answering.set(request.socket, response);
    response.once('close', () => this.#answering.delete(request.socket));
    if (!this.#admission.admits(request, response, isStream)) {
      sendError(request, response, 'SERVICE_UNAVAILABLE');
    } else if (request.headers.host === undefined) {
      sendError(request, response, 'BAD_REQUEST');
    } else if (this.#isTooLarge(request)) {
      sendError(request, response, 'PAYLOAD_TOO_LARGE');
    } else if (isStream) {
      this.#forward(request, response, stream);
    } else {
      this.#forward(request, response, api, this.#options.apiTimeoutMs);
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse, target: Target, timeoutMs?: number): void {
    const { hostname, port, host } = new URL(target.origin);
    const path = originForm(request.url);
    const upstream = httpRequest({
      agent: this.#agent,
      hostname,
      port,
      method: request.method,
      path: target.prefix + path,
      headers: forwardedHeaders(request, host, this.#options.originSecret),
    });
    let answered = false;
    const refuse = (code: Parameters<typeof sendError>[2]) => {
      if (answered) return;
      answered = true;
      upstream.destroy();
      if (!response.destroyed) sendError(request, response, code);
    };
    let timer: NodeJS.Timeout | undefined;
    request.once('end', () => {
      if (timeoutMs !== undefined && !answered) timer = setTimeout(() => refuse('TIMEOUT'), timeoutMs);
    });
    upstream.once('close', () => clearTimeout(timer));
    upstream.once('error', () => refuse('SERVICE_UNAVAILABLE'));
    upstream.once('response', (answer) => {
      clearTimeout(timer);
      const own = codeOfAnswer(answer);
      if (own) {
        refuse(own);
      } else if (!answered) {
        answered = true;
        passOnAnswer(answer, response);
      }
    });
    // A client that leaves is told to whoever works for it.
    response.once('close', () => upstream.destroy());
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > this.#options.bodyLimitBytes) refuse('PAYLOAD_TOO_LARGE');
    });
    request.pipe(upstream);
  }
}

function passOnAnswer(answer: IncomingMessage, response: ServerResponse): void {
  const headers = answerHeaders(answer);
  headers['x-request-id'] ??= newRequestId();
  response.writeHead(answer.statusCode ?? 502, headers);
  // Headers of a stream must not wait for its first event.
  response.flushHeaders();
  answer.pipe(response);
  // Cut off upstream means cut off here: the client must not take a part for the whole.
  answer.once('error', () => response.destroy());
  answer.once('aborted', () => response.destroy());
}

/** A proxy's client may send an absolute address; what is meant is its path. */
function originForm(url = '/'): string {
  if (url.startsWith('/')) return url;
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return '/';
  }
}
