import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { LogStore } from '../engine';
import { dynamo, lambda } from '../platform/aws/clients';
import { commonEnv, jsonText, readEnv } from '../platform/env';
import { composeService } from '../platform/http/service';
import { randomIds } from '../platform/ids';
import { getTimeline, listAuditLogs } from './audit/audit-use-cases';
import {
  approveCard,
  approveCardConditionally,
  getCard,
  meetCondition,
  rejectCard,
  withdrawCard,
} from './cards/card-use-cases';
import { Judges } from './contract';
import { decisionsErrors } from './errors';
import { idOf } from './keys';
import { getFullGraph, getSubgraph } from './graphs/graph-use-cases';
import { createIssue, getIssue, listIssues } from './issues/issue-use-cases';
import { addToMeeting, listUtterances } from './meetings-api/meeting-use-cases';
import { getMe, getPersonMetrics, listPersons, weighCandidates } from './people-api/people-use-cases';
import { localEmbedder } from './people/local-embedder';
import { PEOPLE_FILE } from './people/people-file';
import type { Ports } from './ports';
import { decisionsRoutes } from './routes';
import { approveRun, giveFeedback } from './runs/run-use-cases';
import { AuditLog } from './store/audit';
import { DecisionStore } from './store/decision-store';
import { IssueLister } from './store/issue-lister';
import { MeetingStore } from './store/meeting-store';
import { PeopleStore } from './store/people-store';
import { PersonStore } from './store/person-writes';
import { AuditReader } from './store/read-audit';
import { userOf } from './user';

const env = readEnv(
  commonEnv.extend({
    NARAE_DECIDER_FUNCTION: z.string().min(1),
    NARAE_DECISIONS: jsonText.pipe(Judges),
  }),
);
const db = dynamo();
const { clock, endpoint, observed } = composeService('decisions', env, db);
const table = env.NARAE_ENTITIES_TABLE;
const logs = new LogStore(db, env.NARAE_RUNS_TABLE);
const audit = new AuditLog(db, table);
const invoker = lambda();
const people = new PeopleStore(db, table, PEOPLE_FILE, () => localEmbedder);

/** Whoever opens the stream of the run finds a start that got lost, and so does the decider's schedule. */
const start: Ports['start'] = async ({ workspace, base }) => {
  const Payload = Buffer.from(JSON.stringify({ workspace, runId: idOf('run', base) }));
  await invoker
    .send(new InvokeCommand({ FunctionName: env.NARAE_DECIDER_FUNCTION, InvocationType: 'Event', Payload }))
    .catch((cause: unknown) => observed.logger.warn('decider not started', { cause }));
};

const ports: Ports = {
  db,
  clock,
  ids: randomIds,
  logs,
  audit,
  store: new DecisionStore(db, table, logs, audit),
  people: new PersonStore(db, table),
  issues: new IssueLister(db, table),
  entries: new AuditReader(db, table),
  meetings: new MeetingStore(db, table),
  organisation: () => people.organisation('local'),
  judges: env.NARAE_DECISIONS,
  start,
};

export const handler = endpoint({
  routes: decisionsRoutes,
  errors: decisionsErrors,
  errorDetail: true,
  objectBodies: true,
  identify: userOf,
  useCases: {
    createIssue: createIssue(ports),
    listIssues: listIssues(ports),
    getIssue: getIssue(ports),
    getCard: getCard(ports),
    approveCard: approveCard(ports),
    approveCardConditionally: approveCardConditionally(ports),
    rejectCard: rejectCard(ports),
    meetCondition: meetCondition(ports),
    withdrawCard: withdrawCard(ports),
    approveRun: approveRun(ports),
    giveFeedback: giveFeedback(ports),
    listAuditLogs: listAuditLogs(ports),
    getTimeline: getTimeline(ports),
    getPersonMetrics: getPersonMetrics(ports),
    weighCandidates: weighCandidates(ports),
    listPersons: listPersons(ports),
    getMe: getMe(ports),
    getFullGraph: getFullGraph(ports),
    getSubgraph: getSubgraph(ports),
    addToMeeting: addToMeeting(ports),
    listUtterances: listUtterances(ports),
  },
});
