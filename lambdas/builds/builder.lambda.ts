import * as z from 'zod';
import { Envelope, LogStore } from '../engine';
import { dynamo, ecr, kms, s3 } from '../platform/aws/clients';
import { commonEnv, readEnv } from '../platform/env';
import { dispatcher } from '../platform/pipeline/dispatcher';
import { workerHandler } from '../platform/pipeline/worker';
import { telemetry } from '../platform/telemetry';
import { systemClock } from '../platform/time/clock';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { ADAPTER_SOURCES } from './adapter/sources';
import type { Publish } from './build/publish';
import { BuildStore } from './build/store';
import { buildHandlers } from './build/handlers';
import { appBuilds } from './build/pipeline';
import { registryOpener } from './oci/open-registry';
import { CredentialStore } from './request/credentials';
import { reportTask } from './task/report-task';
import { TaskStore } from './task/task-store';

/** Does the steps of builds and pushes that need rights; the state machine says which, and repeats them. */

const env = readEnv(
  commonEnv.extend({
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_REGISTRY_ENDPOINT: z.string().min(1).optional(),
  }),
);
const observed = telemetry('app-builder', env);
const db = dynamo();
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const openRegistry = registryOpener(ecr(), env.NARAE_REGISTRY_ENDPOINT);

const publish: Publish = async (place, tag, artifact, credentials) => {
  const registry = openRegistry(place, credentials);
  try {
    return await registry.push(artifact, tag);
  } finally {
    registry.close();
  }
};

const ports = {
  clock: systemClock,
  tasks: new TaskStore(db, env.NARAE_ENTITIES_TABLE, new LogStore(db, env.NARAE_RUNS_TABLE), reportTask(env)),
  store: new BuildStore(s3(), env.NARAE_BUCKET),
  credentials: new CredentialStore(
    db,
    env.NARAE_ENTITIES_TABLE,
    new Envelope(kms(), env.NARAE_DATA_KEY_ID, systemClock),
  ),
  publish,
  adapter: ADAPTER_SOURCES,
};

const dispatch = dispatcher(appBuilds, buildHandlers(ports));

export const handler = workerHandler({
  dispatch,
  timeKnown,
  report: (cause) => {
    observed.logger.error('step of a build failed; the state machine tries again', { cause });
  },
});
