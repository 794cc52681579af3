import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { Blobs, Envelope, lambdaCall, reportFault, RunIndex, reportEnd, RunStore, SourceStore } from '../engine';
import { ApiKeyStore } from '../platform/auth/api-keys';
import { cloudWatch, cloudWatchLogs, dynamo, kms, lambda, s3, waitingLambda } from '../platform/aws/clients';
import { composeService } from '../platform/http/service';
import { rateLimitOf, serviceEnv } from '../platform/rate-limit';
import { readEnv } from '../platform/env';
import { randomIds } from '../platform/ids';
import { openTargets } from '../platform/outbound/target';
import { systemResolver } from '../platform/outbound/resolve';
import { cloudWatchLogSource } from './observability/cloudwatch-logs-source';
import { cloudWatchMetricsSource } from './observability/cloudwatch-metrics-source';
import { Counters } from './registry/counters';
import { FunctionStore } from './registry/function-store';
import {
  createFunction,
  deleteFunction,
  functionIsThere,
  getFunction,
  listFunctions,
  updateFunction,
} from './registry/functions';
import { invokeFunction } from './invoke/invoke';
import { functionMetrics, lokiLogs } from './observability/live';
import { functionLogs, workspaceLogs } from './invoke/logs';
import { lokiSource } from './observability/loki-source';
import type { Ports } from './ports';
import { prometheusSource } from './observability/prometheus-source';
import { functionsErrors } from './error-codes';
import { functionsRoutes } from './routes';
import { WorkspaceStore } from './workspaces/workspace-store';
import {
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  listWorkspaces,
  updateWorkspace,
} from './workspaces/workspaces';

const env = readEnv(
  serviceEnv.extend({
    NARAE_RUNNER_FUNCTION: z.string().min(1),
    NARAE_CLEANER_FUNCTION: z.string().min(1),
    NARAE_CALLER_FUNCTION: z.string().min(1),
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_FUNCTION_LOGS: z.string().min(1),
    NARAE_LOKI_URL: z.url().optional(),
    NARAE_PROMETHEUS_URL: z.url().optional(),
    NARAE_OPEN_TARGETS: z.string().default(''),
    NARAE_OWN_HOSTS: z.string().default(''),
    NARAE_WINDOW_MS: z.coerce.number().positive().default(28_000),
  }),
);
const db = dynamo();
const { clock, endpoint, observed } = composeService('functions', env, db);
const blobs = new Blobs(s3(), env.NARAE_BUCKET, clock);
const report = reportFault(observed);
const keys = new ApiKeyStore(db, env.NARAE_ENTITIES_TABLE);

const ports: Ports = {
  clock,
  ids: randomIds,
  store: new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env)),
  index: new RunIndex(db, env.NARAE_RUNS_TABLE),
  blobs,
  envelope: new Envelope(kms(), env.NARAE_DATA_KEY_ID, clock),
  call: lambdaCall(waitingLambda(), env.NARAE_RUNNER_FUNCTION, report),
  rateLimit: rateLimitOf(env),
  workspaces: new WorkspaceStore(db, env.NARAE_ENTITIES_TABLE),
  functions: new FunctionStore(db, env.NARAE_ENTITIES_TABLE),
  codes: new SourceStore(s3(), env.NARAE_BUCKET),
  counters: new Counters(db, env.NARAE_RUNS_TABLE, clock),
  grantWorkspace: (keyHash, workspace) => keys.grantWorkspace(keyHash, workspace),
  wakeCleaner: wakeCleaner(),
  outbound: {
    resolve: systemResolver,
    open: openTargets(env.NARAE_OPEN_TARGETS),
    ownHosts: env.NARAE_OWN_HOSTS.split(',').filter((host) => host !== ''),
  },
  callOutside: lambdaCall(waitingLambda(), env.NARAE_CALLER_FUNCTION, report),
  logSource:
    env.NARAE_LOKI_URL === undefined
      ? cloudWatchLogSource(cloudWatchLogs(), env.NARAE_FUNCTION_LOGS)
      : lokiSource(env.NARAE_LOKI_URL, clock.now),
  metricsSource:
    env.NARAE_PROMETHEUS_URL === undefined
      ? cloudWatchMetricsSource(cloudWatch())
      : prometheusSource(env.NARAE_PROMETHEUS_URL),
  windowMs: env.NARAE_WINDOW_MS,
};

/** A deletion is done when its record is gone: the cleaner's schedule finds what this does not wake it for. */
function wakeCleaner(): Ports['wakeCleaner'] {
  const client = lambda();
  return async () => {
    await client
      .send(new InvokeCommand({ FunctionName: env.NARAE_CLEANER_FUNCTION, InvocationType: 'Event' }))
      .catch((error: unknown) => observed.logger.warn('cleaner not woken', { cause: error }));
  };
}

export const handler = endpoint({
  errors: functionsErrors,
  routes: functionsRoutes,
  useCases: {
    createWorkspace: createWorkspace(ports),
    listWorkspaces: listWorkspaces(ports),
    getWorkspace: getWorkspace(ports),
    updateWorkspace: updateWorkspace(ports),
    deleteWorkspace: deleteWorkspace(ports),
    createFunction: createFunction(ports),
    listFunctions: listFunctions(ports),
    getFunction: getFunction(ports),
    updateFunction: updateFunction(ports),
    deleteFunction: deleteFunction(ports),
    invokeFunction: invokeFunction(ports),
    workspaceLogs: workspaceLogs(ports),
    functionLogs: functionLogs(ports),
    lokiLogs: lokiLogs(ports),
    functionMetrics: functionMetrics(ports),
  },
  // A function that was deleted is gone, whatever it answered before.
  beforeReplay: { invokeFunction: functionIsThere(ports) },
  largeBodies: {
    put: (workspace, name, text) => blobs.putResult(workspace, name, text),
    get: (workspace, name) => blobs.getResult(workspace, name),
  },
});
