import * as z from 'zod';
import { Blobs, Envelope, lambdaDispatch, ownersIn, RunIndex, RunStore, streamUrlOf } from '../engine';
import { dynamo } from '../platform/aws/dynamo';
import { kms } from '../platform/aws/kms';
import { lambda } from '../platform/aws/lambda';
import { s3 } from '../platform/aws/s3';
import { systemClock } from '../platform/time/clock';
import { createAuth } from '../platform/auth/create-auth';
import { endpoint } from '../platform/http/endpoint';
import { commonEnv, readEnv } from '../platform/env';
import { Idempotency } from '../platform/dynamo/idempotency';
import { randomIds } from '../platform/ids';
import { RateLimit } from '../platform/rate-limit';
import { telemetry } from '../platform/telemetry';
import { workspaceIds } from '../platform/dynamo/workspaces';
import { cancelInvocation } from './cancel-invocation';
import type { Ports } from './ports';
import { getEvents, getInvocation, listInvocations, listRuntimes } from './read';
import { invocationsRoutes } from './routes';
import { startBatch } from './start-batch';
import { startInvocation } from './start-invocation';

const env = readEnv(
  commonEnv.extend({
    NARAE_RUNNER_FUNCTION: z.string().min(1),
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_RATE_PER_SECOND: z.coerce.number().positive().default(500),
    NARAE_RATE_BURST: z.coerce.number().positive().default(2000),
  }),
);
const clock = systemClock;
const db = dynamo();
const { allowedOrigins, authenticate, originGuard, ticketKey } = createAuth(env, db, clock);

const ports: Ports = {
  clock,
  ids: randomIds,
  store: new RunStore(db, env.NARAE_RUNS_TABLE),
  index: new RunIndex(db, env.NARAE_RUNS_TABLE),
  allWorkspaces: () => workspaceIds(db, env.NARAE_ENTITIES_TABLE),
  hasOwner: ownersIn(db, env.NARAE_ENTITIES_TABLE),
  blobs: new Blobs(s3(), env.NARAE_BUCKET, clock),
  envelope: new Envelope(kms(), env.NARAE_DATA_KEY_ID, clock),
  dispatch: lambdaDispatch(lambda(), env.NARAE_RUNNER_FUNCTION),
  rateLimit: new RateLimit(clock, { perSecond: env.NARAE_RATE_PER_SECOND, burst: env.NARAE_RATE_BURST }),
  streamUrl: streamUrlOf(env.NARAE_AUTH === 'none' ? undefined : ticketKey, clock),
};

export const handler = endpoint({
  routes: invocationsRoutes,
  useCases: {
    startInvocation: startInvocation(ports),
    startBatch: startBatch(ports),
    listInvocations: listInvocations(ports),
    getInvocation: getInvocation(ports),
    getEvents: getEvents(ports),
    cancelInvocation: cancelInvocation(ports),
    listRuntimes: listRuntimes(),
  },
  authenticate,
  originGuard,
  allowedOrigins,
  idempotency: new Idempotency(db, env.NARAE_ENTITIES_TABLE, clock),
  telemetry: telemetry('invocations'),
});
