import { retryOnConflict, transact, type Write } from '../../platform/dynamo/transact';
import { AppError } from '../../platform/http/errors';
import type { Clock } from '../../platform/time/clock';
import { issueStatusBy } from '../cards/act-table';
import type { CardRecord, IssueRecord, RunRecord } from '../model';
import type { DecisionPlace } from '../store/audit';
import { issueMoved, ofRun, person, shown } from '../store/entries';
import { settleRun, type SettlePorts } from './settle-run';

export interface RunPorts extends SettlePorts {
  readonly clock: Clock;
  /** Has the run taken up; a start that gets lost is made good by who opens its stream, and by the sweep. */
  readonly start: (place: DecisionPlace) => Promise<void>;
}

/** The run of a submitter, settled. @throws AppError `RUN_NOT_FOUND`, `NOT_THE_SUBMITTER` */
export async function runOfSubmitter(place: DecisionPlace, userId: string, ports: RunPorts): Promise<RunRecord> {
  const run = await settleRun(place, ports.clock.now(), ports);
  if (!run) throw noRun();
  if (run.submitterId !== userId)
    throw new AppError('NOT_THE_SUBMITTER', 'Only who submitted the issue may do this with its run.');
  return run;
}

export const noRun = (): AppError => new AppError('RUN_NOT_FOUND', 'There is no run of this id.');

export const runStateConflict = ({ status }: RunRecord, action: string): AppError =>
  new AppError('RUN_STATE_CONFLICT', `Run is ${status}; ${action} is not allowed`, { details: { status, action } });

/**
 * The submitter acknowledges what came of the run; repeated it changes nothing. An issue whose card is approved is executed
 * with it (docs/contracts/decisions.md#state-machines).
 */
export async function approveRun(
  place: DecisionPlace,
  { userId, comment }: { readonly userId: string; readonly comment: string | null },
  ports: RunPorts,
): Promise<RunRecord> {
  return retryOnConflict(async () => {
    const run = await runOfSubmitter(place, userId, ports);
    if (run.status === 'APPROVED') return run;
    if (run.status !== 'COMPLETED') throw runStateConflict(run, 'approve');
    const [card, issue] = await Promise.all([ports.store.card(place), ports.store.issue(place)]);
    if (!issue) throw noRun();
    await transact(ports.db, await approval(place, { run, card, issue, userId, comment }, ports));
    return { ...run, status: 'APPROVED' as const };
  });
}

interface Approving {
  readonly run: RunRecord;
  readonly card: CardRecord | undefined;
  readonly issue: IssueRecord;
  readonly userId: string;
  readonly comment: string | null;
}

async function approval(
  place: DecisionPlace,
  { run, card, issue, userId, comment }: Approving,
  { store, audit, clock }: RunPorts,
): Promise<Write[]> {
  const now = clock.now();
  const actor = person(userId);
  const to = card ? issueStatusBy(card, { status: 'APPROVED' }, issue) : issue.status;
  const isMoved = to !== issue.status;
  const entries = [
    ofRun('COMMENT_ADDED', place.base, actor, {
      action: 'approve',
      ...(comment !== null && { comment: shown(comment) }),
    }),
    ...(isMoved ? [issueMoved(place.base, issue.status, to, actor)] : []),
  ];
  return [
    store.runChanged(place.base, run, { status: 'APPROVED' }, now),
    // Whoever approves the card at this moment does not know of this, nor this of that: one of both reads again.
    store.cardHeld(place, card),
    ...(isMoved ? store.issueChanged(place.base, issue, { status: to }, now) : []),
    ...audit.added(place, await audit.head(place), entries, now).writes,
  ];
}
