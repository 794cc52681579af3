import { randomUUID } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { LogStore } from '../../../lambdas/engine/store/log-store';
import { transact, WriteConflict } from '../../../lambdas/platform/dynamo/transact';
import { issuesPartition, OPEN_RUNS } from '../../../lambdas/decisions/keys';
import { DECISION_LOG } from '../../../lambdas/decisions/limits';
import type { AuditEntry } from '../../../lambdas/decisions/model';
import { AuditLog, NO_ENTRIES, type NewEntry } from '../../../lambdas/decisions/store/audit';
import { DecisionStore } from '../../../lambdas/decisions/store/decision-store';
import { AuditReader } from '../../../lambdas/decisions/store/read-audit';
import { PersonStore } from '../../../lambdas/decisions/store/person-writes';
import { createTable, testDynamo } from '../../support/aws';
import { cardRecord, compiledRecord, issueRecord, OWNER, runRecord, SUBMITTER } from './records';

const db = testDynamo();
let table: string;
let logs: LogStore;
let audit: AuditLog;
let store: DecisionStore;
let people: PersonStore;
let reader: AuditReader;

beforeAll(async () => {
  table = await createTable(db);
  logs = new LogStore(db, await createTable(db));
  audit = new AuditLog(db, table);
  store = new DecisionStore(db, table, logs, audit);
  people = new PersonStore(db, table);
  reader = new AuditReader(db, table);
});

const place = () => ({ workspace: `ws-${randomUUID()}`, base: randomUUID().replaceAll('-', '') });
const created: NewEntry = {
  event_type: 'ISSUE_CREATED',
  resource_type: 'ISSUE',
  resource_id: 'iss_x',
  actor_type: 'PERSON',
  actor_id: SUBMITTER,
  detail: { tags: ['payments'] },
};
const entry = (event_type: NewEntry['event_type']): NewEntry => ({ ...created, event_type });

async function begun(where = place()) {
  const issue = issueRecord(where.workspace, where.base);
  const run = runRecord(where.workspace, where.base);
  const deadline = { idleMs: 60_000, lastWords: [{ event: 'error', data: { stage: 'initial_decision' } }] };
  const decision = { base: where.base, issue, run, deadline, entries: [created] };
  await store.create(decision);
  return { ...where, issue, run, decision };
}

async function partition(pk: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    }),
  );
  return Items;
}

const told = (entries: AuditEntry[]) => entries.map(({ event_type }) => event_type);
const ALL = { base: undefined, filter: {}, offset: 0, limit: 100, hasTime: () => true };

test('what is begun is all there: issue, list, run, log of events and audit entry', async () => {
  const { workspace, base, issue, run } = await begun();
  expect(await store.issue({ workspace, base })).toEqual(issue);
  expect(await store.run({ workspace, base })).toEqual(run);
  expect(await store.card({ workspace, base })).toBeUndefined();
  expect(await partition(issuesPartition(workspace))).toEqual([
    { pk: issuesPartition(workspace), sk: base, base, submitterId: SUBMITTER, status: 'PENDING' },
  ]);
  expect((await partition(OPEN_RUNS)).map(({ base: open }) => open)).toContain(base);
  expect(await logs.find(DECISION_LOG, run.id, run.createdAt)).toMatchObject({ workspace, over: false, lastSeq: 0 });
  for (const entries of [await reader.list(workspace, ALL), await reader.timeline({ workspace, base })])
    expect(entries).toEqual([
      expect.objectContaining({
        id: `log_${base}000001`,
        event_type: 'ISSUE_CREATED',
        event_timestamp: '2026-11-21T04:10:00.000Z',
        run_id: run.id,
        issue_id: issue.id,
        card_id: null,
      }),
    ]);
});

test('an id is taken once, and a second time changes nothing', async () => {
  const { workspace, base, issue, decision } = await begun();
  await expect(store.create({ ...decision, issue: { ...issue, text: 'other' } })).rejects.toThrow(WriteConflict);
  expect(await store.issue({ workspace, base })).toEqual(issue);
  expect(await reader.list(workspace, ALL)).toHaveLength(1);
});

test('a workspace does not see what another one has', async () => {
  const { base } = await begun();
  expect(await store.issue({ workspace: 'ws-other', base })).toBeUndefined();
  expect(await store.run({ workspace: 'ws-other', base })).toBeUndefined();
});

test('audit entries of one moment stand in the order in which they were written, and time never goes back', async () => {
  const where = place();
  let head = NO_ENTRIES;
  for (const [names, at] of [
    [['ISSUE_CREATED', 'RUN_STARTED'], 1_000],
    [['RISK_REVIEW_STARTED', 'RISK_AGENT_COMPLETED', 'RISK_REVIEW_COMPLETED'], 1_000],
    [['RUN_COMPLETED'], 900],
  ] as const) {
    const added = audit.added(where, head, names.map(entry), at);
    await transact(db, added.writes);
    head = added.head;
  }
  expect(head).toEqual(await audit.head(where));
  const entries = await reader.timeline(where);
  expect(told(entries)).toEqual([
    'ISSUE_CREATED',
    'RUN_STARTED',
    'RISK_REVIEW_STARTED',
    'RISK_AGENT_COMPLETED',
    'RISK_REVIEW_COMPLETED',
    'RUN_COMPLETED',
  ]);
  expect(new Set(entries.map(({ event_timestamp }) => event_timestamp))).toEqual(new Set(['1970-01-01T00:00:01.000Z']));
});

test('of two writers who read the same audit log one has to read it again', async () => {
  const where = await begun();
  const head = await audit.head(where);
  await transact(db, audit.added(where, head, [entry('COMMENT_ADDED')], 2_000).writes);
  await expect(transact(db, audit.added(where, head, [entry('RUN_STARTED')], 2_000).writes)).rejects.toThrow(
    WriteConflict,
  );
  expect(told(await reader.list(where.workspace, ALL))).toEqual(['COMMENT_ADDED', 'ISSUE_CREATED']);
});

test('who holds an older attempt, status or iteration of a run writes nothing', async () => {
  const { workspace, base, run } = await begun();
  await transact(db, [store.runChanged(base, run, { attempt: 1, status: 'PROCESSING' }, run.createdAt + 5)]);
  const current = { ...run, attempt: 1, status: 'PROCESSING' as const, updatedAt: run.createdAt + 5 };
  expect(await store.run({ workspace, base })).toEqual(current);
  for (const older of [{ attempt: 0 }, { status: 'PENDING' as const }, { feedbackIteration: 1 }]) {
    const held = { ...current, ...older };
    await expect(transact(db, [store.runChanged(base, held, { cardId: 'x' }, 1)])).rejects.toThrow(WriteConflict);
    await expect(transact(db, [store.runHeld(base, held), store.opened({ workspace, base }, 1)])).rejects.toThrow(
      WriteConflict,
    );
  }
  expect(await store.run({ workspace, base })).toEqual(current);
});

test('the status of an issue and its place in the list change together, and only from what was read', async () => {
  const { workspace, base, issue } = await begun();
  await transact(db, store.issueChanged(base, issue, { status: 'PROCESSING', riskTier: 'HIGH' }, 7));
  expect(await store.issue({ workspace, base })).toEqual({
    ...issue,
    status: 'PROCESSING',
    riskTier: 'HIGH',
    updatedAt: 7,
  });
  expect(await partition(issuesPartition(workspace))).toEqual([expect.objectContaining({ status: 'PROCESSING' })]);
  await expect(transact(db, store.issueChanged(base, issue, { status: 'DECIDED' }, 8))).rejects.toThrow(WriteConflict);
});

test('a card counts its versions, and is written only over the one that was read', async () => {
  const where = await begun();
  const card = cardRecord(where.workspace, where.base);
  await transact(db, [store.cardHeld(where, undefined), store.closed(where)]);
  await transact(db, [store.cardWritten(where, undefined, card)]);
  await expect(transact(db, [store.cardWritten(where, undefined, card)])).rejects.toThrow(WriteConflict);
  await transact(db, [store.cardWritten(where, card, { ...card, approvalStatus: 'APPROVED' })]);
  expect(await store.card(where)).toEqual({ ...card, approvalStatus: 'APPROVED', version: 2 });
  await expect(transact(db, [store.cardWritten(where, card, card)])).rejects.toThrow(WriteConflict);
  for (const held of [card, undefined])
    await expect(transact(db, [store.cardHeld(where, held), store.closed(where)])).rejects.toThrow(WriteConflict);
});

test('what was compiled is read as it was written, and replaced by the next iteration', async () => {
  const where = place();
  for (const compiled of [compiledRecord(), compiledRecord({ feedbackIteration: 1, ownerId: null })]) {
    await transact(db, [store.compiledWritten(where, compiled)]);
    expect(await store.compiled(where)).toEqual(compiled);
  }
});

test('open cards are counted by owner, whatever an owner is called', async () => {
  const { workspace } = place();
  const changes: [string, 1 | -1][] = [
    [OWNER, 1],
    [OWNER, 1],
    ['pk', 1],
    ['person-lead-2', 1],
    ['person-lead-2', -1],
    [OWNER, -1],
  ];
  for (const [owner, by] of changes) await transact(db, [people.openCardsChanged(workspace, owner, by)]);
  expect([...(await people.openCards(workspace))].sort()).toEqual([
    [OWNER, 1],
    ['pk', 1],
  ]);
});

test('activity is read from a moment on, oldest first', async () => {
  const { workspace, base } = place();
  for (const at of [3_000, 1_000, 2_000])
    await transact(db, [people.activityAdded(workspace, OWNER, { kind: 'APPROVED', base, at, tookMs: at })]);
  expect((await people.activity(workspace, OWNER, 2_000)).map(({ at }) => at)).toEqual([2_000, 3_000]);
  expect(await people.activity(workspace, 'person-lead-2', 0)).toEqual([]);
});

test('a decision is an experience of each who took part; by another embedder it is like nothing', async () => {
  const { workspace, base } = place();
  const vector = compiledRecord().vector;
  const decided = { base, domains: ['payments' as const], summary: 'Moved', decidedAt: 5, vector };
  await transact(db, [
    people.experienceWritten(workspace, {
      ...decided,
      personIds: [OWNER],
      outcome: 'CONDITIONAL',
      embedder: 'local',
    }),
  ]);
  await transact(db, [
    people.experienceWritten(workspace, {
      ...decided,
      personIds: [OWNER, 'person-lead-7'],
      outcome: 'APPROVED',
      embedder: 'local',
    }),
  ]);
  const [first, second, ...none] = await people.experiences(workspace, 'local');
  expect(none).toEqual([]);
  expect(first).toMatchObject({ personId: OWNER, outcome: 'APPROVED', vector: Float32Array.from(vector) });
  expect(second).toMatchObject({ personId: 'person-lead-7', summary: 'Moved' });
  const foreign = await people.experiences(workspace, 'titan');
  expect(foreign.map((experience) => experience.vector.every((value) => value === 0))).toEqual([true, true]);
});
