import { dynamo, s3 } from '../platform/aws/clients';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { systemClock } from '../platform/time/clock';
import { commonEnv, readEnv } from '../platform/env';
import { counterOf, telemetry } from '../platform/telemetry';
import { Blobs } from './store/blobs';
import { reportEnd } from './lifecycle/report-end';
import { reap, type Reaped } from './lifecycle/reap';
import { RunIndex } from './store/run-index';
import { RunStore } from './store/run-store';

/** Every minute: ends runs whose worker was lost. */

/** The next one comes in a minute; this one's time-out is 55 s. */
const LOOK_AHEAD_MS = 50_000;

const env = readEnv(commonEnv);
const { logger } = telemetry('reaper', env);
const count = counterOf('reaper', env.NARAE_STAGE);
/** Nobody waits for an answer, and the next one comes in a minute only. */
const STORE_TRIES = 10;
const db = dynamo(STORE_TRIES);
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const index = new RunIndex(db, env.NARAE_RUNS_TABLE);
const ports = {
  clock: systemClock,
  store: new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env)),
  blobs: new Blobs(s3(), env.NARAE_BUCKET, systemClock),
};

export const handler = async (): Promise<Reaped> => {
  await timeKnown;
  const reaped = await reap(index, ports, LOOK_AHEAD_MS);
  if (reaped.ended + reaped.failed > 0) {
    logger.warn('runs past their deadline', { ...reaped });
    count('RunsReaped', reaped.ended);
  }
  return reaped;
};
