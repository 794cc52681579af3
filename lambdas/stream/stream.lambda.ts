import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Blobs, ownersIn, RunIndex, RunStore } from '../engine';
import { dynamo } from '../platform/aws/dynamo';
import { s3 } from '../platform/aws/s3';
import { systemClock } from '../platform/time/clock';
import { createAuth } from '../platform/auth/create-auth';
import { corsHeaders, preflightHeaders } from '../platform/http/cors';
import { requestIdOf } from '../platform/http/endpoint';
import { commonEnv, readEnv } from '../platform/env';
import { AppError, statusOf } from '../platform/http/errors';
import { guardOrigin } from '../platform/auth/origin';
import { errorReply, toAppError } from '../platform/http/reply';
import { createRouter } from '../platform/http/router';
import { telemetry } from '../platform/telemetry';
import { workspaceIds } from '../platform/dynamo/workspaces';
import { followRun } from './follow-run';
import { openStream, type StreamPorts } from './open-stream';
import { respond, sinkOf } from './response';
import { streamRoutes } from './routes';

/** Runs as server-sent events, over a response-streaming function URL. */

const env = readEnv(commonEnv);
const { logger } = telemetry('stream');
const db = dynamo();
const { allowedOrigins, authenticate, originGuard, ticketKey } = createAuth(env, db, systemClock);
const ports: StreamPorts = {
  clock: systemClock,
  store: new RunStore(db, env.NARAE_RUNS_TABLE),
  index: new RunIndex(db, env.NARAE_RUNS_TABLE),
  allWorkspaces: () => workspaceIds(db, env.NARAE_ENTITIES_TABLE),
  hasOwner: ownersIn(db, env.NARAE_ENTITIES_TABLE),
  blobs: new Blobs(s3(), env.NARAE_BUCKET, systemClock),
  authenticate,
  ticketKey,
};
const route = createRouter(streamRoutes);

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
    respond(output, 204, { ...common, ...preflightHeaders(allowedOrigins, headers, ['GET', 'OPTIONS']) }).end();
    return;
  }
  let opened;
  try {
    await guardOrigin(originGuard, headers);
    const { params } = route(method, decoded(event.rawPath));
    opened = await openStream({ runId: params['id'] ?? '', headers, query: event.queryStringParameters ?? {} }, ports);
  } catch (thrown) {
    const error = toAppError(thrown);
    const status = statusOf(error.code);
    if (status >= 500) logger.error(error.message, { requestId, cause: error.cause });
    const reply = errorReply(error, { requestId });
    respond(output, status, {
      ...common,
      ...error.headers,
      'Content-Type': 'application/json',
    }).end(reply.body);
    return;
  }
  if (opened.nothingLeft || method === 'HEAD') {
    respond(output, opened.nothingLeft ? 204 : 200, common).end();
    return;
  }
  const stream = respond(output, 200, { ...common, ...SSE_HEADERS });
  try {
    await followRun(opened.run, opened.after, sinkOf(stream), ports, () => context.getRemainingTimeInMillis());
  } catch (error) {
    // The answer has begun: the stream is cut between events, and the client resumes after the last one it has.
    logger.error('stream cut', { requestId, cause: error });
  }
  stream.end();
});

/** A function URL, unlike an HTTP API, hands the path on with its escapes. A malformed one is no name of anything. */
function decoded(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch (cause) {
    throw new AppError('ROUTE_NOT_FOUND', 'The address cannot be decoded.', { cause });
  }
}
