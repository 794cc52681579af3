import * as z from 'zod';
import { Blobs, Envelope, lambdaDispatch, ownersIn, RunIndex, reportEnd, RunStore, ServiceRuns } from '../engine';
import { dynamo, kms, lambda, s3 } from '../platform/aws/clients';
import { composeService } from '../platform/http/service';
import { rateLimitOf, serviceEnv } from '../platform/rate-limit';
import { readEnv } from '../platform/env';
import { randomIds } from '../platform/ids';
import { workspaceIds } from '../platform/dynamo/workspaces';
import { cancelInvocation } from './cancel-invocation';
import type { Ports } from './ports';
import { getEvents, getInvocation, listInvocations, listRuntimes } from './read';
import { invocationsErrors } from './error-codes';
import { invocationsRoutes } from './routes';
import { startBatch } from './start-batch';
import { startInvocation } from './start-invocation';
import { streamUrlOf } from './stream-url';

const env = readEnv(
  serviceEnv.extend({
    NARAE_RUNNER_FUNCTION: z.string().min(1),
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_SERVICE_RUNS: ServiceRuns,
  }),
);
const db = dynamo();
const { clock, endpoint, ticketKey } = composeService('invocations', env, db);

const ports: Ports = {
  clock,
  ids: randomIds,
  store: new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env)),
  index: new RunIndex(db, env.NARAE_RUNS_TABLE),
  allWorkspaces: () => workspaceIds(db, env.NARAE_ENTITIES_TABLE),
  hasOwner: ownersIn(db, env.NARAE_ENTITIES_TABLE, env.NARAE_SERVICE_RUNS),
  serviceRuns: env.NARAE_SERVICE_RUNS,
  blobs: new Blobs(s3(), env.NARAE_BUCKET, clock),
  envelope: new Envelope(kms(), env.NARAE_DATA_KEY_ID, clock),
  dispatch: lambdaDispatch(lambda(), env.NARAE_RUNNER_FUNCTION),
  rateLimit: rateLimitOf(env),
  streamUrl: streamUrlOf(env.NARAE_AUTH === 'none' ? undefined : ticketKey, clock),
};

export const handler = endpoint({
  errors: invocationsErrors,
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
});
