import * as z from 'zod';
import { Blobs, Envelope, lambdaCall, reportFault, reportEnd, RunStore, SourceStore } from '../engine';
import { dynamo, kms, s3, waitingLambda } from '../platform/aws/clients';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { systemClock } from '../platform/time/clock';
import { commonEnv, readEnv } from '../platform/env';
import { randomIds } from '../platform/ids';
import { telemetry } from '../platform/telemetry';
import { dispatcher } from '../platform/pipeline/dispatcher';
import { workerHandler } from '../platform/pipeline/worker';
import { buildHandlers } from './deploy/build-callback';
import { callbackBuilds } from './deploy/pipeline';
import { Libraries } from './deploy/libraries';
import { Sources } from './registry/sources';
import { CallbackStore } from './registry/store';

/** Does the steps of builds that need no packages of others; the state machine says which, and retries them. */

const env = readEnv(
  commonEnv.extend({ NARAE_RUNNER_FUNCTION: z.string().min(1), NARAE_DATA_KEY_ID: z.string().min(1) }),
);
const observed = telemetry('callbacks-builder', env);
const db = dynamo();
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const bucket = s3();
const ports = {
  clock: systemClock,
  ids: randomIds,
  store: new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env)),
  blobs: new Blobs(bucket, env.NARAE_BUCKET, systemClock),
  envelope: new Envelope(kms(), env.NARAE_DATA_KEY_ID, systemClock),
  call: lambdaCall(waitingLambda(), env.NARAE_RUNNER_FUNCTION, reportFault(observed)),
  callbacks: new CallbackStore(db, env.NARAE_ENTITIES_TABLE),
  sources: new Sources(new SourceStore(bucket, env.NARAE_BUCKET)),
  libraries: new Libraries(db, env.NARAE_ENTITIES_TABLE, bucket, env.NARAE_BUCKET, systemClock),
};

const dispatch = dispatcher(callbackBuilds, buildHandlers(ports));

export const handler = workerHandler({
  dispatch,
  timeKnown,
  report: (cause) => {
    observed.logger.error('step of a build failed; the state machine tries again', { cause });
  },
});
