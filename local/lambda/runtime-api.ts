import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listen } from '../process/listen';
import { failure, type FunctionFailure } from './failure';

/** One invocation as the runtime in the function's process gets it. */
export interface Invocation {
  readonly requestId: string;
  /** Epoch ms at which the function will be ended. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: Buffer;
  readonly tenantId?: string | undefined;
  /** Base64 of a JSON object, as in the header X-Amz-Client-Context. */
  readonly clientContext?: string | undefined;
  readonly traceId?: string | undefined;
}

/** What the runtime tells about its work. */
export interface RuntimeEvents {
  /** It asks for work: it is initialized, and done with what it had. */
  polled(): void;
  initFailed(failure: FunctionFailure): void;
  /** An answer begins; `request` is its body, with trailers after the end. The caller of `accept` answers the runtime. */
  responded(request: IncomingMessage, accept: (status: number) => void): void;
  failed(failure: FunctionFailure): void;
}

/** Lambda may have to hold the poll of an idle environment for hours. */
const NO_TIME_LIMIT = 0;
const ERROR_BODY_LIMIT_BYTES = 6 * 1024 * 1024;

/**
 * Lambda's Runtime API for one environment (API version 2018-06-01), on a port of its own.
 * It takes the poll for the next invocation before the answer to the last one, which the runtime client's
 * fire-and-forget answer may cause.
 */
export class RuntimeApi {
  readonly #server: Server;

  #waiting: ServerResponse | undefined;
  #current: Invocation | undefined;

  private constructor(
    server: Server,
    readonly port: number,
  ) {
    this.#server = server;
  }

  static async listen(events: RuntimeEvents): Promise<RuntimeApi> {
    const server = createServer();
    server.requestTimeout = NO_TIME_LIMIT;
    server.keepAliveTimeout = NO_TIME_LIMIT;
    const api = new RuntimeApi(server, await listen(server));
    server.on('request', (request, response) => api.#route(request, response, events));
    return api;
  }

  /** Hands over work. Only to be called after `polled`. */
  offer(invocation: Invocation): void {
    const response = this.#waiting;
    if (!response) throw new Error('The runtime is not waiting for work.');
    this.#waiting = undefined;
    this.#current = invocation;
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'Content-Length': String(invocation.payload.length),
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadlineMs),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
    };
    if (invocation.traceId !== undefined) headers['Lambda-Runtime-Trace-Id'] = invocation.traceId;
    if (invocation.tenantId !== undefined) headers['Lambda-Runtime-Aws-Tenant-Id'] = invocation.tenantId;
    if (invocation.clientContext !== undefined) {
      const json = Buffer.from(invocation.clientContext, 'base64').toString('utf8');
      headers['Lambda-Runtime-Client-Context'] = json;
    }
    response.writeHead(200, headers).end(invocation.payload);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #route(request: IncomingMessage, response: ServerResponse, events: RuntimeEvents): void {
    const path = (request.url ?? '').replace(/^\/2018-06-01\/runtime\//, '');
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#waiting = response;
      events.polled();
      return;
    }
    if (request.method === 'POST' && path === 'init/error') {
      void readFailure(request).then((reported) => {
        answer(response, 202);
        events.initFailed(reported);
      });
      return;
    }
    const [, id, part] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (request.method !== 'POST' || id === undefined) {
      refuse(request, response, 404, 'NotFound', `There is no ${request.method ?? ''} ${request.url ?? ''}.`);
    } else if (decodeURIComponent(id) !== this.#current?.requestId) {
      refuse(request, response, 400, 'InvalidRequestID', 'Invalid request ID');
    } else if (part === 'response') {
      this.#current = undefined;
      events.responded(request, (status) => answer(response, status));
    } else {
      this.#current = undefined;
      void readFailure(request).then((reported) => {
        answer(response, 202);
        events.failed(reported);
      });
    }
  }
}

function answer(response: ServerResponse, status: number): void {
  const body =
    status < 300 ? { status: 'OK' } : { errorType: 'RequestEntityTooLarge', errorMessage: 'Payload too large' };
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
): void {
  request.resume();
  const body = JSON.stringify({ errorType: type, errorMessage: message });
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}

/** An error report; what the runtime sends is passed on as it is, as long as it is JSON. */
async function readFailure(request: IncomingMessage): Promise<FunctionFailure> {
  const header = request.headers['lambda-runtime-function-error-type'];
  const errorType = typeof header === 'string' && header !== '' ? header : 'Runtime.UnknownReason';
  let payload = '';
  try {
    request.setEncoding('utf8');
    for await (const text of request) {
      payload += String(text);
      if (payload.length > ERROR_BODY_LIMIT_BYTES) break;
    }
    const reported: unknown = JSON.parse(payload);
    if (typeof reported === 'object' && reported !== null && 'errorType' in reported) {
      return { errorType: String(reported.errorType), payload };
    }
    return { errorType, payload };
  } catch {
    return failure(errorType, 'The function reported an error that is not JSON.');
  }
}

/** The error that a streamed response ended with: it comes in the trailers, its body in base64. */
export function failureInTrailers(request: IncomingMessage): FunctionFailure | undefined {
  const errorType = request.trailers['lambda-runtime-function-error-type'];
  if (errorType === undefined) return undefined;
  const body = request.trailers['lambda-runtime-function-error-body'];
  if (body === undefined) return failure(errorType, 'The function failed while it was streaming.');
  return { errorType, payload: Buffer.from(body, 'base64').toString('utf8') };
}
