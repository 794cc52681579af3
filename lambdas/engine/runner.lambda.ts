import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { cloudWatchLogs, dynamo, kms, lambda, s3, waitingLambda } from '../platform/aws/clients';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { systemClock } from '../platform/time/clock';
import { commonEnv, readEnv } from '../platform/env';
import { telemetry } from '../platform/telemetry';
import { writeLine } from '../platform/write-line';
import { Blobs } from './store/blobs';
import { Envelope } from './store/envelope';
import { execute } from './lifecycle/execute';
import { RunOrder } from './run/order';
import { reportEnd } from './lifecycle/report-end';
import { reportFault } from './lifecycle/report-fault';
import { exportRuns } from './export/run-export';
import type { Run } from './run/run';
import { RunStore } from './store/run-store';
import { SandboxClient } from './sandbox/sandbox-client';
import { Sandboxes } from './sandbox/sandboxes';
import { lambdaDispatch } from './lifecycle/start-run';
import { traceRun } from './lifecycle/trace-run';

/** The worker: executes one run per invoke. Lambda queues its orders, retries them twice and keeps what failed. */

/** A worker that holds a result insists on writing it. */
const STORE_TRIES = 10;

const env = readEnv(
  commonEnv.extend({
    AWS_LAMBDA_FUNCTION_NAME: z.string().min(1),
    NARAE_SANDBOXES: Sandboxes,
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_FUNCTION_LOGS: z.string().min(1).optional(),
  }),
);
const observed = telemetry('runner', env);
const db = dynamo(STORE_TRIES);
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const ports = {
  clock: systemClock,
  store: new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env)),
  blobs: new Blobs(s3(), env.NARAE_BUCKET, systemClock),
  envelope: new Envelope(kms(), env.NARAE_DATA_KEY_ID, systemClock),
  report: reportFault(observed),
  // An asynchronous invoke of itself: a run that found no sandbox goes to the end of Lambda's queue.
  dispatch: lambdaDispatch(lambda(), env.AWS_LAMBDA_FUNCTION_NAME),
  sandbox: new SandboxClient(waitingLambda(), env.NARAE_SANDBOXES),
  ...(env.NARAE_FUNCTION_LOGS !== undefined && {
    exporter: exportRuns(cloudWatchLogs(), env.NARAE_FUNCTION_LOGS, systemClock, writeLine),
  }),
};

export const handler = async (event: unknown, context: Context): Promise<Run | null> => {
  try {
    await timeKnown;
    // A caller who waits (call-run.ts) gets the record; an asynchronous invoke drops it.
    const run = await execute(RunOrder.parse(event), () => context.getRemainingTimeInMillis(), ports);
    if (run)
      await traceRun(run, { header: process.env['_X_AMZN_TRACE_ID'], daemon: process.env['AWS_XRAY_DAEMON_ADDRESS'] });
    return run ?? null;
  } catch (error) {
    observed.logger.error('run not executed; Lambda will send another worker', { runId: runIdOf(event), cause: error });
    throw error;
  }
};

/** By which operators find why an order was not executed; undefined for what is no order. */
const runIdOf = (event: unknown): string | undefined => Order.safeParse(event).data?.run.id;
const Order = z.looseObject({ run: z.looseObject({ id: z.string() }) });
