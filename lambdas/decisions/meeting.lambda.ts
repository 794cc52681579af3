import { LogStore } from '../engine';
import { dynamo } from '../platform/aws/clients';
import { readEnv } from '../platform/env';
import { counterOf, telemetry } from '../platform/telemetry';
import { systemClock } from '../platform/time/clock';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { generateMeeting, type Generated } from './meeting/generate-meeting';
import { meetingBudgetMs, MeetingOrder } from './meeting/order';
import type { GeneratorPorts } from './meeting/ports';
import { chosenBy, chosenEnv } from './providers/chosen';
import { AuditLog } from './store/audit';
import { DecisionStore } from './store/decision-store';
import { MeetingStore } from './store/meeting-store';

/** Generates a meeting, and goes on whether or not anybody follows it. */

/** Nobody waits, and what a worker holds it insists on writing. */
const STORE_TRIES = 10;

const env = readEnv(chosenEnv);
const { logger } = telemetry('meeting', env);
const count = counterOf('decisions', env.NARAE_STAGE);
const db = dynamo(STORE_TRIES);
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const logs = new LogStore(db, env.NARAE_RUNS_TABLE);

const ports: GeneratorPorts = {
  db,
  clock: systemClock,
  logs,
  store: new DecisionStore(db, env.NARAE_ENTITIES_TABLE, logs, new AuditLog(db, env.NARAE_ENTITIES_TABLE)),
  meetings: new MeetingStore(db, env.NARAE_ENTITIES_TABLE),
  provider: chosenBy(env).provider,
  budgetMs: meetingBudgetMs,
  report: ({ runId, provider, cause }) => {
    if (provider === undefined) logger.error('a generated meeting failed', { runId, cause });
    else logger.warn('a provider failed', { runId, kind: provider, cause });
    count(provider === undefined ? 'DecisionFaults' : 'ProviderFailures');
  },
};

export const handler = async (event: unknown): Promise<Generated> => {
  await timeKnown;
  return generateMeeting(MeetingOrder.parse(event), ports);
};
