import { DeleteLogStreamCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { Blobs, RunIndex, SourceStore } from '../engine';
import { cloudWatchLogs, dynamo, s3, sfn } from '../platform/aws/clients';
import { systemClock } from '../platform/time/clock';
import { commonEnv, readEnv } from '../platform/env';
import { startExecution } from '../platform/pipeline/start-execution';
import { telemetry } from '../platform/telemetry';
import { cleanUp, type CleanedUp, type CleanUpPorts } from './cleanup/clean-up';
import { CleanUpStore } from './cleanup/clean-up-store';
import { removeApp } from './cleanup/remove-app';
import { FunctionStore } from './registry/function-store';

/** Removes what deleted functions left: woken by a deletion, and by a schedule for what a crash left undone. */

const env = readEnv(commonEnv.extend({ NARAE_APP_DEPLOYS: z.string().min(1), NARAE_FUNCTION_LOGS: z.string().min(1) }));
const { logger } = telemetry('cleaner', env);
const db = dynamo();
const bucket = s3();
const logs = cloudWatchLogs();

const ports: CleanUpPorts = {
  clock: systemClock,
  store: new CleanUpStore(db, { entities: env.NARAE_ENTITIES_TABLE, runs: env.NARAE_RUNS_TABLE }),
  functions: new FunctionStore(db, env.NARAE_ENTITIES_TABLE),
  codes: new SourceStore(bucket, env.NARAE_BUCKET),
  blobs: new Blobs(bucket, env.NARAE_BUCKET, systemClock),
  index: new RunIndex(db, env.NARAE_RUNS_TABLE),
  deleteLines: async (functionId) => {
    const stream = { logGroupName: env.NARAE_FUNCTION_LOGS, logStreamName: functionId };
    await logs.send(new DeleteLogStreamCommand(stream)).catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    });
  },
  removeApp: removeApp(startExecution(sfn(), env.NARAE_APP_DEPLOYS), systemClock),
};

export const handler = async (_event: unknown, context: Context): Promise<CleanedUp> => {
  const cleaned = await cleanUp(ports, () => context.getRemainingTimeInMillis());
  if (cleaned.done + cleaned.left > 0) logger.info('cleaned up', { ...cleaned });
  return cleaned;
};
