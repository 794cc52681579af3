import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { answerWindow, LEAST_MS } from './answer-window';
import { preflightHeaders } from './cors';
import { validateBody } from './field-warnings';
import type { Idempotency, StoredReply } from '../dynamo/idempotency';
import { bodyBytes, parseJson, parseJsonObject } from './json-body';
import { withoutBoundary } from './multipart-boundary';
import { guardOrigin, type OriginGuard } from '../auth/origin';
import { requireScope, type Authenticate, type Headers, type Principal } from '../auth/principal';
import { errorBody, errorReply, toAppError } from './reply';
import { wireBody } from './reply-bytes';
import type { ReplyOf, RequestOf, Route, RouteTable } from './route';
import { createRouter, type Match } from './router';
import { countRequest, type Telemetry } from '../telemetry';
import { traceOf, type TraceContext } from '../trace-context';
import { validate } from './validation';
import { AppError, statusOf, type ErrorStatuses } from './errors';

/** What a use case is given beside its input. */
export interface CallContext {
  readonly principal: Principal;
  readonly requestId: string;
  /** Lower-case names. */
  readonly headers: Headers;
  /** The query string as it came, for a use case that reads it in its own way. */
  readonly rawQuery: string;
  /** Milliseconds that are left for the answer before the HTTP API gives up waiting (`answer-window.ts`). */
  readonly remainingMs: () => number;
  /** What the request belongs to, for what it has run. */
  readonly trace?: TraceContext | undefined;
}

/** One use case for every row of the table, no more and no fewer. */
export type UseCases<T extends RouteTable> = {
  readonly [N in keyof T]: (request: RequestOf<T[N]>, context: CallContext) => Promise<ReplyOf<T[N]>>;
};

export interface EndpointOptions<T extends RouteTable> {
  readonly routes: T;
  readonly useCases: UseCases<T>;
  readonly authenticate: Authenticate;
  readonly originGuard: OriginGuard;
  /** Origins whose pages may read answers, or `*`: for preflights, since the HTTP API adds CORS to all other answers. */
  readonly allowedOrigins: readonly string[];
  readonly idempotency: Idempotency;
  readonly telemetry: Telemetry;
  /** Codes of the service's own, with their status. */
  readonly errors?: ErrorStatuses;
  /**
   * What must still hold when a request with an `Idempotency-Key` comes, even if an earlier one was answered; throws where
   * it does not. Other requests are left to their use case.
   */
  readonly beforeReplay?: {
    readonly [N in keyof T]?: (params: Readonly<Record<string, string>>, context: CallContext) => Promise<void>;
  };
  /**
   * Who asks, where a service tells the people of a workspace apart: it throws when a request does not say, before anything
   * else of it is judged, and idempotency keys are kept by who it is.
   */
  readonly identify?: (headers: Headers) => string;
  /** true: JSON that is no object is `INVALID_JSON`, as what is no JSON (docs/contracts/decisions.md#bad-input). */
  readonly objectBodies?: boolean;
  /** true: error bodies also carry `detail` (docs/contracts/common.md#errors). */
  readonly errorDetail?: boolean;
  /** How the body of a success becomes JSON text, for clients that read the text itself; absent: JSON.stringify. */
  readonly writeBody?: (body: unknown) => string;
}

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** Makes the Lambda handler of a service: origin, route, credential, body, validation, use case, errors - in this order. */
export function endpoint<T extends RouteTable>(
  options: EndpointOptions<T>,
): (event: Event, context: Context) => Promise<Result> {
  const route = createRouter(options.routes);
  /** Whose a request is, from when that is known. */
  const callers = new WeakMap<Event, string>();
  const handle = async (event: Event, context: Context): Promise<Result> => {
    const remainingMs = answerWindow(event.requestContext.timeEpoch, Date.now());
    if (isPreflight(event)) {
      const cors = preflightHeaders(options.allowedOrigins, event.headers);
      return { statusCode: 204, headers: { ...cors, 'X-Request-Id': requestIdOf(context) } };
    }
    await guardOrigin(options.originGuard, event.headers);
    if (remainingMs() < LEAST_MS)
      throw new AppError('SERVICE_UNAVAILABLE', 'The request waited too long to be begun. Try again shortly.');
    const match = route(event.requestContext.http.method, event.rawPath);
    const principal = await authorize(match.route, event.headers, options.authenticate);
    callers.set(event, principal.workspace);
    const owner = options.identify?.(event.headers);
    const call: CallContext = {
      principal,
      requestId: requestIdOf(context),
      headers: event.headers,
      rawQuery: event.rawQueryString,
      remainingMs,
      trace: traceOf(event.headers, process.env['_X_AMZN_TRACE_ID']),
    };
    const body = bodyBytes(event.body, event.isBase64Encoded);
    const work = () => perform(match, event, body, call, options);
    const key = match.route.body?.idempotent ? event.headers['idempotency-key'] : undefined;
    if (key !== undefined) await options.beforeReplay?.[match.name]?.(match.params, call);
    const reply =
      key === undefined
        ? await work()
        : await options.idempotency.once(
            {
              key,
              workspace: principal.workspace,
              path: `${match.route.method} ${event.rawPath.replace(/\/+$/, '')}`,
              owner,
              query: event.rawQueryString,
              body: withoutBoundary(body, event.headers['content-type']),
            },
            () => work().catch((error: unknown) => replayableReply(error, call.requestId, options)),
          );
    return {
      statusCode: reply.status,
      headers: { ...reply.headers, 'X-Request-Id': call.requestId },
      ...(reply.body !== undefined && { body: reply.body }),
      ...(reply.isBase64 && { isBase64Encoded: true }),
    };
  };

  return middy<Event, Result>(NO_EARLY_END)
    .use(lowerCaseHeaders())
    .use(observe(options.telemetry, { routeOf: (event) => routeName(route, event), callers }))
    .use(mapErrors(options))
    .handler(handle);
}

/**
 * Middy would end a request a moment before Lambda does, judging by the machine's clock: where that is fast, it would end
 * each one at its start. Every call that we make has a time limit of its own.
 */
const NO_EARLY_END = { timeoutEarlyInMillis: 0 } as const;

/** No service serves OPTIONS itself: each one that an `ANY` route hands on asks what a page may send. */
const isPreflight = (event: Event): boolean => event.requestContext.http.method === 'OPTIONS';

export const requestIdOf = (context: Context): string => `req-${context.awsRequestId}`;

/**
 * Address that a request came from, as the edge saw it; what is behind the edge sees the edge's.
 * @param headers with lower-case names
 */
export const visitorOf = (headers: Headers, { requestContext }: Pick<Event, 'requestContext'>): string =>
  headers['x-narae-visitor'] ?? requestContext.http.sourceIp;

/** The caller of a public route, who is asked for nothing. */
const NOBODY: Principal = {
  subject: 'anybody',
  scopes: new Set(),
  workspace: '',
  workspaces: [],
  allWorkspaces: false,
};

async function authorize(route: Route, headers: Headers, authenticate: Authenticate): Promise<Principal> {
  if (route.scope === 'public') return NOBODY;
  const principal = await authenticate(headers);
  requireScope(principal, route.scope);
  return principal;
}

async function perform<T extends RouteTable>(
  match: Match<T>,
  event: Event,
  bytes: Buffer,
  call: CallContext,
  { useCases, writeBody, objectBodies }: EndpointOptions<T>,
): Promise<StoredReply> {
  const { route } = match;
  const params = route.params && validate(route.params, match.params);
  const query = route.query && validate(route.query, event.queryStringParameters ?? {});
  const body = route.body && validateBody(route.body.schema, readBody(route.body, bytes, objectBodies));
  const input = { params, query, body: body?.value };
  // The table gives the schemas, the schemas gave these values: the compiler cannot follow a row chosen at run time.
  const useCase = useCases[match.name] as (request: unknown, context: CallContext) => Promise<ReplyOf<Route>>;
  const reply = await useCase(input, call);
  const text = textOf(reply.body, writeBody);
  const contentType = text !== undefined && { 'Content-Type': route.success.contentType ?? 'application/json' };
  return {
    status: reply.status ?? route.success.status,
    headers: { ...contentType, 'Cache-Control': 'no-store', ...body?.warnings, ...reply.headers },
    ...(reply.bytes ? wireBody(reply.bytes) : textBody(text)),
  };
}

/** Beyond this a text may not fit into a reply as it is, with its escapes escaped once more. */
const PLAIN_CHARS = 1024 * 1024;

const textBody = (text: string | undefined) =>
  text !== undefined && text.length > PLAIN_CHARS ? wireBody(Buffer.from(text)) : { body: text };

type ErrorOptions = Pick<EndpointOptions<RouteTable>, 'telemetry' | 'errors' | 'errorDetail'>;

/** What was decided for good is an answer that a repeat gets again, error or not. @throws anything else */
function replayableReply(error: unknown, requestId: string, { errors, errorDetail }: ErrorOptions): StoredReply {
  if (!(error instanceof AppError) || !error.replayable) throw error;
  return {
    status: statusOf(error.code, errors),
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...error.headers },
    body: errorBody(error, { requestId, withDetail: errorDetail }),
  };
}

function readBody(body: NonNullable<Route['body']>, bytes: Buffer, mustBeObject = false): unknown {
  if (body.unparsed) return bytes;
  if (bytes.length > 0)
    return (mustBeObject ? parseJsonObject : parseJson)(bytes, { envelopeDepth: body.envelopeDepth });
  if (body.required === false) return undefined;
  throw new AppError('INVALID_JSON', 'A JSON body is needed, and there is none.');
}

function textOf(body: unknown, write: (body: unknown) => string = JSON.stringify): string | undefined {
  if (body === undefined) return undefined;
  return typeof body === 'string' ? body : write(body);
}

function lowerCaseHeaders(): middy.MiddlewareObj<Event, Result> {
  return {
    before: ({ event }) => {
      event.headers = Object.fromEntries(
        Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
    },
  };
}

function mapErrors({ telemetry, errors, errorDetail }: ErrorOptions): middy.MiddlewareObj<Event, Result> {
  return {
    onError: (request) => {
      const error = toAppError(request.error);
      // Other errors of 5xx tell the caller what happened; with a cause there is more to it, for us to read.
      const isOurs = error.code === 'INTERNAL_ERROR' || error.code === 'SERVICE_UNAVAILABLE';
      if (isOurs || (statusOf(error.code, errors) >= 500 && error.cause !== undefined)) {
        telemetry.logger.error(error.message, { cause: error.cause instanceof Error ? error.cause : undefined });
      }
      const requestId = requestIdOf(request.context);
      request.response = errorReply(error, { requestId, withDetail: errorDetail, errors });
    },
  };
}

/** Counts and times each request. Written first, so that it sees the mapped response. */
function observe(
  telemetry: Telemetry,
  { routeOf, callers }: { routeOf: (event: Event) => string; callers: WeakMap<Event, string> },
): middy.MiddlewareObj<Event, Result> {
  const startedAt = new WeakMap<object, number>();
  const count = ({ event, context, response, error }: middy.Request<Event, Result | null>): void => {
    countRequest(telemetry, {
      route: routeOf(event),
      requestId: requestIdOf(context),
      errorCode: error ? toAppError(error).code : undefined,
      workspace: callers.get(event) || undefined,
      visitor: visitorOf(event.headers, event),
      status: response?.statusCode ?? 500,
      durationMs: performance.now() - (startedAt.get(event) ?? performance.now()),
    });
  };
  return {
    before: ({ event, context }) => {
      startedAt.set(event, performance.now());
      telemetry.logger.appendKeys({ requestId: requestIdOf(context) });
    },
    after: count,
    onError: count,
  };
}

/** Name of a route for metrics; an unknown path is no dimension of its own, or a scanner could make a million of them. */
function routeName(route: (method: string, path: string) => { readonly name: string }, event: Event): string {
  if (isPreflight(event)) return 'preflight';
  try {
    return route(event.requestContext.http.method, event.rawPath).name;
  } catch {
    return 'unknown';
  }
}
