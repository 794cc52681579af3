import { retryOnConflict, transact } from '../../platform/dynamo/transact';
import { DECISION_LOG } from '../limits';
import type { IssueRecord, RunRecord } from '../model';
import { lastWordsAt } from '../runs/lost-run';
import { settleRun } from '../runs/settle-run';
import type { DecisionPlace } from '../store/audit';
import { issueMoved, ofRun, SYSTEM_ACTOR } from '../store/entries';
import type { Held } from './iteration-writer';
import type { CompilePorts } from './ports';

export interface Begun extends Held {
  readonly issue: IssueRecord;
}

/**
 * Takes up the iteration that a run is to go through: the first event is stored together with the attempt's number, which
 * all later writes are fenced by. However often a run is started, one start gets it.
 * @returns undefined when there is nothing to begin
 */
export async function beginIteration(place: DecisionPlace, ports: CompilePorts): Promise<Begun | undefined> {
  const { db, clock, store, audit, logs } = ports;
  return retryOnConflict(async () => {
    const run = await settleRun(place, clock.now(), ports);
    if (!run || (run.status !== 'PENDING' && run.status !== 'PROCESSING')) return undefined;
    const now = clock.now();
    const [issue, log, head] = await Promise.all([
      store.issue(place),
      logs.find(DECISION_LOG, run.id, now),
      audit.head(place),
    ]);
    if (!issue || !log || log.over || log.lastSeq >= run.firstSeq) return undefined;
    const mine: RunRecord = { ...run, status: 'PROCESSING', attempt: run.attempt + 1 };
    const isMoved = issue.status !== 'PROCESSING';
    const entries = [
      ofRun('RUN_STARTED', place.base, SYSTEM_ACTOR, {
        provider: run.provider,
        embedder: run.embedder,
        feedback_iteration: run.feedbackIteration,
      }),
      ...(isMoved ? [issueMoved(place.base, issue.status, 'PROCESSING', SYSTEM_ACTOR)] : []),
    ];
    const grown = logs.continued(log, [startedEvent(issue, run)], now, {
      lastWords: lastWordsAt('initial_decision'),
    });
    const audited = audit.added(place, head, entries, now);
    await transact(db, [
      ...grown.writes,
      store.runChanged(place.base, run, { status: mine.status, attempt: mine.attempt }, now),
      ...(isMoved ? store.issueChanged(place.base, issue, { status: 'PROCESSING' }, now) : []),
      ...audited.writes,
    ]);
    return { place, run: mine, issue: { ...issue, status: 'PROCESSING' }, log: grown.log, head: audited.head };
  });
}

/** Code points of a text that stands for a title. */
const SHORT = 80;

const startedEvent = (issue: IssueRecord, { provider }: RunRecord) => ({
  event: 'initial_decision.started',
  data: {
    issue_id: issue.id,
    issue_title: issue.title ?? Array.from(issue.text).slice(0, SHORT).join(''),
    provider,
  },
});
