import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { Blobs, Envelope, lambdaCall, lambdaDispatch, reportFault, RunIndex, reportEnd, RunStore } from '../engine';
import { dynamo, kms, lambda, s3, waitingLambda } from '../platform/aws/clients';
import { composeService } from '../platform/http/service';
import { rateLimitOf, serviceEnv } from '../platform/rate-limit';
import { readEnv } from '../platform/env';
import { randomIds } from '../platform/ids';
import { publicOrigin } from '../platform/http/public-origin';
import { cancelJob } from './cancel';
import { executeJob } from './execute';
import { JobStore } from './job-store';
import { listJobs, listProjectJobs } from './list';
import { getClusterMetrics, listMetricNames } from './metrics';
import { OutputReader } from './output';
import type { Ports } from './ports';
import { ProjectStore } from './project-store';
import { createProject, listProjects } from './projects';
import { getFlatStatus, getJob, getLog } from './read';
import { jobsErrors } from './error-codes';
import { jobsRoutes } from './routes';
import { uploadJob } from './upload';

const env = readEnv(
  serviceEnv.extend({
    NARAE_RUNNER_FUNCTION: z.string().min(1),
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_PUBLIC_URL: z.url().optional(),
  }),
);
const db = dynamo();
const { clock, endpoint, observed } = composeService('jobs', env, db);
const store = new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env));
const blobs = new Blobs(s3(), env.NARAE_BUCKET, clock);

const ports: Ports = {
  clock,
  store,
  blobs,
  ids: randomIds,
  newJobId: randomUUID,
  index: new RunIndex(db, env.NARAE_RUNS_TABLE),
  envelope: new Envelope(kms(), env.NARAE_DATA_KEY_ID, clock),
  dispatch: lambdaDispatch(lambda(), env.NARAE_RUNNER_FUNCTION),
  call: lambdaCall(waitingLambda(), env.NARAE_RUNNER_FUNCTION, reportFault(observed)),
  jobs: new JobStore(db, env.NARAE_ENTITIES_TABLE),
  projects: new ProjectStore(db, env.NARAE_ENTITIES_TABLE),
  output: new OutputReader({ blobs, store }),
  publicOrigin: publicOrigin(env.NARAE_PUBLIC_URL),
  rateLimit: rateLimitOf(env),
};

/** An execute that waited answers with up to 5 MB: too much for a record, kept beside the results of runs. */
const largeReplies = {
  put: (workspace: string, name: string, text: string) => blobs.putResult(workspace, name, text),
  get: (workspace: string, name: string) => blobs.getResult(workspace, name),
};

export const handler = endpoint({
  errors: jobsErrors,
  routes: jobsRoutes,
  useCases: {
    uploadJob: uploadJob(ports),
    executeJob: executeJob(ports),
    getJob: getJob(ports),
    getFlatStatus: getFlatStatus(ports),
    cancelJob: cancelJob(ports),
    listJobs: listJobs(ports),
    listProjects: listProjects(ports),
    createProject: createProject(ports),
    listProjectJobs: listProjectJobs(ports),
    getLog: getLog(ports),
    getClusterMetrics: getClusterMetrics(ports),
    listMetricNames: listMetricNames(),
  },
  largeBodies: largeReplies,
  errorDetail: true,
});
