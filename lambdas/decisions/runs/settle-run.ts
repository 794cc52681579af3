import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isOverdue, type LogStore } from '../../engine';
import { retryOnConflict, transact } from '../../platform/dynamo/transact';
import { DECISION_LOG } from '../limits';
import type { RunRecord } from '../model';
import type { AuditLog, DecisionPlace } from '../store/audit';
import type { DecisionStore } from '../store/decision-store';
import { runFailed, type RunFailure } from '../store/entries';
import { lostAt } from './lost-run';

export interface SettlePorts {
  readonly db: DynamoDBDocumentClient;
  readonly store: DecisionStore;
  readonly audit: AuditLog;
  readonly logs: LogStore;
}

/**
 * The run, at its end if nobody goes on with it: its log has a deadline, and whoever looks first after that ends both
 * (docs/contracts/decisions.md#state-machines).
 * @returns undefined if there is no such run
 */
export async function settleRun(place: DecisionPlace, now: number, ports: SettlePorts): Promise<RunRecord | undefined> {
  const { db, store, audit, logs } = ports;
  return retryOnConflict(async () => {
    const run = await store.run(place);
    if (!run || (run.status !== 'PENDING' && run.status !== 'PROCESSING')) return run;
    const log = await logs.find(DECISION_LOG, run.id, now);
    // Who follows the log may have ended it already. What is over and was not lost has changed the run with it.
    if (!log || !(log.over || isOverdue(log, now))) return run;
    const [last] = log.over ? await logs.eventsAfter(log, log.lastSeq - 1, 1) : [];
    const failure = failureIn(last?.data) ?? lostAt('initial_decision');
    await transact(db, [
      store.runChanged(place.base, run, { status: 'FAILED' }, now),
      store.closed(place),
      ...(log.over ? [] : logs.ended(log, now)),
      ...audit.added(place, await audit.head(place), runFailed(place.base, failure), now).writes,
    ]);
    return { ...run, status: 'FAILED' as const, updatedAt: now };
  });
}

function failureIn(data: Readonly<Record<string, unknown>> | undefined): RunFailure | undefined {
  const { stage, message, recoverable } = data ?? {};
  return typeof stage === 'string' && typeof message === 'string' && typeof recoverable === 'boolean'
    ? { stage, message, recoverable }
    : undefined;
}
