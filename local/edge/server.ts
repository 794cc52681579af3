import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { EMULATOR_HEADERS, errorOfEmulator, withoutTrailingSlash } from '../emulator-quirks';
import { newRequestId, sendError } from './errors';
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
  /** The HTTP API: everything but `/stream/`. */
  readonly api: Target;
  /** The function URL that streams: `/stream/`. */
  readonly stream: Target;
  /** Sent along as `x-narae-origin`; undefined where the stage has none. */
  readonly originSecret: string | undefined;
  readonly maxConnections: number;
  /** API Gateway's limits: time until the API's answer begins, ms, and size of a request, bytes. */
  readonly apiTimeoutMs: number;
  readonly bodyLimitBytes: number;
}

export const EDGE_DEFAULTS = {
  originSecret: undefined,
  maxConnections: 1_000,
  apiTimeoutMs: 30_000,
  bodyLimitBytes: 10 * 1024 * 1024,
} as const satisfies Partial<EdgeOptions>;

/** A client gets this long to send its headers, and its whole request, ms: slow ones must not hold connections. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const CHECK_CONNECTIONS_MS = 2_000;
const KEEP_ALIVE_MS = 65_000;
/** Connections to the emulator are dropped before it drops them itself (75 s). */
const IDLE_UPSTREAM_MS = 30_000;

/** Stands on a laptop where CloudFront stands on AWS: one address for the API and the streams. */
export class Edge {
  private readonly agent = new Agent({ keepAlive: true, timeout: IDLE_UPSTREAM_MS });

  private constructor(
    private readonly server: Server,
    private readonly options: EdgeOptions,
    readonly port: number,
  ) {}

  /** Rejects with the error of `listen`, e.g. EADDRINUSE. */
  static async start(options: EdgeOptions): Promise<Edge> {
    const server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
    server.maxConnections = options.maxConnections;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, resolve);
    });
    const address = server.address();
    const edge = new Edge(server, options, typeof address === 'object' && address ? address.port : options.port);
    server.on('request', (request, response) => edge.answer(request, response));
    // A client that asks before it sends a large body is told no before it has sent it.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!edge.isTooLarge(request)) response.writeContinue();
      edge.answer(request, response);
    });
    return edge;
  }

  /** Takes no more requests and cuts what is open: streams would keep it open for minutes. */
  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
  }

  private isTooLarge(request: IncomingMessage): boolean {
    return Number(request.headers['content-length'] ?? 0) > this.options.bodyLimitBytes;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { api, stream } = this.options;
    if (this.isTooLarge(request)) {
      sendError(request, response, 'PAYLOAD_TOO_LARGE');
    } else if (/^\/stream(\/|\?|$)/.test(request.url ?? '')) {
      this.forward(request, response, stream);
    } else {
      this.forward(request, response, api, this.options.apiTimeoutMs);
    }
  }

  private forward(request: IncomingMessage, response: ServerResponse, target: Target, timeoutMs?: number): void {
    const { hostname, port, host } = new URL(target.origin);
    const path = originForm(request.url);
    const upstream = httpRequest({
      agent: this.agent,
      hostname,
      port,
      method: request.method,
      path: target.prefix + (target === this.options.api ? withoutTrailingSlash(path) : path),
      headers: forwardedHeaders(request, host, this.options.originSecret),
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
      const own = errorOfEmulator(answer);
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
      if (bytes > this.options.bodyLimitBytes) refuse('PAYLOAD_TOO_LARGE');
    });
    request.pipe(upstream);
  }
}

function passOnAnswer(answer: IncomingMessage, response: ServerResponse): void {
  const headers = answerHeaders(answer, EMULATOR_HEADERS);
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
