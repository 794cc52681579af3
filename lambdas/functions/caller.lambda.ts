import type { Context } from 'aws-lambda';
import { Blobs, type Run, reportEnd, RunStore } from '../engine';
import { dynamo, s3 } from '../platform/aws/clients';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { systemClock } from '../platform/time/clock';
import { commonEnv, readEnv } from '../platform/env';
import { executePassthrough, OutsideOrder } from './passthrough/outside-order';

/** Calls functions that are deployed elsewhere and may take longer than a caller waits: one call per invoke. */

/** A worker that holds an outcome insists on writing it. */
const STORE_TRIES = 10;

const env = readEnv(commonEnv);
const db = dynamo(STORE_TRIES);
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const ports = {
  clock: systemClock,
  store: new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env)),
  blobs: new Blobs(s3(), env.NARAE_BUCKET, systemClock),
};

export const handler = async (event: unknown, context: Context): Promise<Run | null> => {
  await timeKnown;
  return (await executePassthrough(OutsideOrder.parse(event), () => context.getRemainingTimeInMillis(), ports)) ?? null;
};
