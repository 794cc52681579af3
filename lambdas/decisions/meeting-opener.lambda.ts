import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { LogStore } from '../engine';
import { dynamo, lambda } from '../platform/aws/clients';
import { commonEnv, readEnv } from '../platform/env';
import { systemClock } from '../platform/time/clock';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { openMeeting, type MeetingBegun } from './meeting/open-meeting';
import { MeetingWanted } from './meeting/order';
import type { OpenerPorts } from './meeting/ports';
import { AuditLog } from './store/audit';
import { DecisionStore } from './store/decision-store';
import { MeetingStore } from './store/meeting-store';

/** Begins a generated meeting for the function of streams, which then follows it (docs/adr/0033-streams-with-post.md). */

const env = readEnv(commonEnv.extend({ NARAE_GENERATOR_FUNCTION: z.string().min(1) }));
const db = dynamo();
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const client = lambda();
const logs = new LogStore(db, env.NARAE_RUNS_TABLE);

const ports: OpenerPorts = {
  db,
  clock: systemClock,
  logs,
  store: new DecisionStore(db, env.NARAE_ENTITIES_TABLE, logs, new AuditLog(db, env.NARAE_ENTITIES_TABLE)),
  meetings: new MeetingStore(db, env.NARAE_ENTITIES_TABLE),
  generate: async (order) => {
    const Payload = Buffer.from(JSON.stringify(order));
    const FunctionName = env.NARAE_GENERATOR_FUNCTION;
    await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
  },
};

export const handler = async (event: unknown): Promise<MeetingBegun> => {
  await timeKnown;
  return openMeeting(MeetingWanted.parse(event), ports);
};
