import { randomUUID } from 'node:crypto';
import { LogStore } from '../../../lambdas/engine/store/log-store';
import { transact } from '../../../lambdas/platform/dynamo/transact';
import type { CardPorts } from '../../../lambdas/decisions/cards/perform-act';
import { DECISION_LOG, RUN_SILENCE_MS } from '../../../lambdas/decisions/limits';
import type { CardRecord, RunRecord } from '../../../lambdas/decisions/model';
import type { RunPorts } from '../../../lambdas/decisions/runs/approve-run';
import { lastWordsAt } from '../../../lambdas/decisions/runs/lost-run';
import { AuditLog, type DecisionPlace } from '../../../lambdas/decisions/store/audit';
import { DecisionStore } from '../../../lambdas/decisions/store/decision-store';
import { AuditReader } from '../../../lambdas/decisions/store/read-audit';
import { PersonStore } from '../../../lambdas/decisions/store/person-writes';
import { createTable, testDynamo } from '../../support/aws';
import { testClock, type TestClock } from '../../support/clock';
import { cardRecord, compiledRecord, issueRecord, runRecord } from './records';

export interface Decisions extends CardPorts, RunPorts {
  readonly clock: TestClock;
  /** Runs that were asked to be taken up. */
  readonly started: DecisionPlace[];
  readonly entries: AuditReader;
}

/** The stores of the service on tables of their own. */
export async function decisions(): Promise<Decisions> {
  const db = testDynamo();
  const table = await createTable(db);
  const logs = new LogStore(db, await createTable(db));
  const audit = new AuditLog(db, table);
  const started: DecisionPlace[] = [];
  return {
    db,
    logs,
    audit,
    store: new DecisionStore(db, table, logs, audit),
    people: new PersonStore(db, table),
    clock: testClock(Date.UTC(2026, 10, 21, 5, 0, 0)),
    started,
    entries: new AuditReader(db, table),
    start: (place) => {
      started.push(place);
      return Promise.resolve();
    },
  };
}

export const newPlace = (): DecisionPlace => ({
  workspace: `ws-${randomUUID()}`,
  base: randomUUID().replaceAll('-', ''),
});

/** An issue whose run has just begun. */
export async function begun(ports: Decisions, run: Partial<RunRecord> = {}): Promise<DecisionPlace> {
  const place = newPlace();
  const { workspace, base } = place;
  const now = ports.clock.now();
  await ports.store.create({
    base,
    issue: issueRecord(workspace, base, { createdAt: now }),
    run: runRecord(workspace, base, { createdAt: now, ...run }),
    deadline: { idleMs: RUN_SILENCE_MS, lastWords: lastWordsAt('initial_decision') },
    entries: [],
  });
  return place;
}

/** An issue whose run has ended with a card, in the few writes that matter afterwards. */
export async function compiled(ports: Decisions, more: Partial<CardRecord> = {}): Promise<DecisionPlace> {
  const place = await begun(ports);
  const { workspace, base } = place;
  const now = ports.clock.now();
  const card = cardRecord(workspace, base, { assignedAt: now, ...more });
  const [run, issue, log] = await Promise.all([
    ports.store.run(place),
    ports.store.issue(place),
    ports.logs.find(DECISION_LOG, `run_${base}`, now),
  ]);
  if (!run || !issue || !log) throw new Error('It was not begun.');
  const done = { status: 'COMPLETED' as const, attempt: 1, cardId: card.id };
  await transact(ports.db, [
    ports.store.cardWritten(place, undefined, card),
    ports.store.compiledWritten(place, compiledRecord()),
    ports.store.runChanged(base, run, done, now),
    ...ports.store.issueChanged(base, issue, { status: 'PROCESSING', riskTier: card.riskTier }, now),
    ports.store.closed(place),
    ...(card.approvalStatus === 'PENDING' && card.ownerId
      ? [ports.people.openCardsChanged(workspace, card.ownerId, 1)]
      : []),
    ...ports.logs.added(log, [{ event: 'decision_card.assigned', data: {} }], now, { end: true }),
  ]);
  return place;
}

export async function auditOf({ entries }: Decisions, place: DecisionPlace): Promise<string[]> {
  return (await entries.timeline(place)).map(({ event_type, actor_id }) => `${event_type} by ${actor_id ?? 'nobody'}`);
}
