import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { Blobs, LogStore, ownersIn, RunIndex, reportEnd, RunStore, ServiceRuns } from '../engine';
import { dynamo, lambda, s3, waitingLambda } from '../platform/aws/clients';
import { systemClock } from '../platform/time/clock';
import { createAuth } from '../platform/auth/create-auth';
import { corsHeaders, preflightHeaders } from '../platform/http/cors';
import { requestIdOf, visitorOf } from '../platform/http/endpoint';
import { commonEnv, readEnv } from '../platform/env';
import { AppError, statusOf } from '../platform/http/errors';
import { guardOrigin } from '../platform/auth/origin';
import { bodyBytes } from '../platform/http/json-body';
import { errorReply, toAppError } from '../platform/http/reply';
import { createRouter } from '../platform/http/router';
import { countRequest, telemetry } from '../platform/telemetry';
import { workspaceIds } from '../platform/dynamo/workspaces';
import { follow } from './follow';
import { beginDecision, beginMeeting } from './begin';
import { openStream } from './open-stream';
import { respond, sinkOf } from './response';
import { streamRoutes } from './routes';
import { nothingLeft, type StreamPorts } from './stream-request';

/** Events of runs, tasks, decisions and meetings as server-sent events, over a response-streaming function URL. */

const env = readEnv(
  commonEnv.extend({
    NARAE_SERVICE_RUNS: ServiceRuns,
    NARAE_STREAM_IDENTITY: z.enum(['required', 'optional']).default('required'),
    NARAE_DECIDER_FUNCTION: z.string().min(1),
    NARAE_MEETING_FUNCTION: z.string().min(1),
  }),
);
const observed = telemetry('stream', env);
const { logger } = observed;
const db = dynamo();
const { allowedOrigins, authenticate, originGuard, ticketKey } = createAuth(env, db, systemClock);
const ports: StreamPorts = {
  clock: systemClock,
  store: new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env)),
  index: new RunIndex(db, env.NARAE_RUNS_TABLE),
  logs: new LogStore(db, env.NARAE_RUNS_TABLE),
  allWorkspaces: () => workspaceIds(db, env.NARAE_ENTITIES_TABLE),
  hasOwner: ownersIn(db, env.NARAE_ENTITIES_TABLE, env.NARAE_SERVICE_RUNS),
  serviceRuns: env.NARAE_SERVICE_RUNS,
  blobs: new Blobs(s3(), env.NARAE_BUCKET, systemClock),
  authenticate,
  ticketKey,
  needsUserId: env.NARAE_STREAM_IDENTITY === 'required',
  beginDecision: beginDecision(lambda(), env.NARAE_DECIDER_FUNCTION, (cause) =>
    logger.warn('a decision run was not taken up', { cause }),
  ),
  beginMeeting: beginMeeting(waitingLambda(), env.NARAE_MEETING_FUNCTION),
};
const route = createRouter(streamRoutes);

/** APIs below this address repeat the message of an error as `detail` (docs/contracts/common.md#errors). */
const WITH_DETAIL = '/api/';

const SSE_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

export const handler = awslambda.streamifyResponse<APIGatewayProxyEventV2>(async (event, output, context) => {
  const headers = Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const requestId = requestIdOf(context);
  const common = { ...corsHeaders(allowedOrigins, headers), 'X-Request-Id': requestId };
  const { method } = event.requestContext.http;
  if (method === 'OPTIONS') {
    const methods = methodsAt(event.rawPath);
    respond(output, 204, { ...common, ...preflightHeaders(allowedOrigins, headers, methods) }).end();
    return;
  }
  const begunAt = performance.now();
  let routeName = 'unknown';
  const answered = (status: number, errorCode?: string): void => {
    countRequest(observed, {
      status,
      errorCode,
      requestId,
      route: routeName,
      durationMs: performance.now() - begunAt,
      visitor: visitorOf(headers, event),
      workspace: undefined,
    });
  };
  let opened;
  try {
    await guardOrigin(originGuard, headers);
    const { name, params } = route(method, decoded(event.rawPath));
    routeName = name;
    const bytes = bodyBytes(event.body, event.isBase64Encoded);
    opened = await openStream({ route: name, params, headers, query: event.queryStringParameters ?? {}, bytes }, ports);
  } catch (thrown) {
    const error = toAppError(thrown);
    const status = statusOf(error.code);
    if (status >= 500) logger.error(error.message, { requestId, cause: error.cause });
    answered(status, error.code);
    const { body } = errorReply(error, { requestId, withDetail: event.rawPath.startsWith(WITH_DETAIL) });
    respond(output, status, {
      ...common,
      ...error.headers,
      'Content-Type': 'application/json',
    }).end(body);
    return;
  }
  const seen = nothingLeft(opened);
  answered(seen ? 204 : 200);
  if (seen || method === 'HEAD') {
    respond(output, seen ? 204 : 200, common).end();
    return;
  }
  const stream = respond(output, 200, { ...common, ...SSE_HEADERS });
  try {
    await follow(opened, sinkOf(stream), systemClock, () => context.getRemainingTimeInMillis());
  } catch (error) {
    // The answer has begun: the stream is cut between events, and the client resumes after the last one it has.
    logger.error('stream cut', { requestId, cause: error });
  }
  stream.end();
});

/** What a page may send to an address; to one that is nothing's, what it may send to most. */
function methodsAt(rawPath: string): string[] {
  const served = (['GET', 'POST'] as const).filter((method) => {
    try {
      return Boolean(route(method, decoded(rawPath)));
    } catch {
      return false;
    }
  });
  return [...(served.length > 0 ? served : ['GET']), 'OPTIONS'];
}

/** A function URL, unlike an HTTP API, hands the path on with its escapes. A malformed one is no name of anything. */
function decoded(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch (cause) {
    throw new AppError('ROUTE_NOT_FOUND', 'The address cannot be decoded.', { cause });
  }
}
