import type { Log } from '../../engine';
import { retryOnConflict, transact } from '../../platform/dynamo/transact';
import { AppError } from '../../platform/http/errors';
import { isApprovedBySystem } from '../cards/act-table';
import { DECISION_LIMITS, DECISION_LOG } from '../limits';
import type { CardRecord, RunRecord } from '../model';
import type { DecisionPlace } from '../store/audit';
import { ofRun, person, shown } from '../store/entries';
import { runOfSubmitter, runStateConflict, type RunPorts } from './approve-run';
import { lastWordsAt } from './lost-run';

/**
 * Sends a run through another iteration, with what the submitter has to say to the last one
 * (docs/contracts/decisions.md#state-machines). Its events go on counting.
 */
export async function giveFeedback(
  place: DecisionPlace,
  { userId, feedback }: { readonly userId: string; readonly feedback: string },
  ports: RunPorts,
): Promise<RunRecord> {
  const run = await retryOnConflict(async () => {
    const before = await runOfSubmitter(place, userId, ports);
    const card = await ports.store.card(place);
    judge(before, card);
    const now = ports.clock.now();
    const log = await ports.logs.find(DECISION_LOG, before.id, now);
    if (!log) throw new Error(`The run ${before.id} has no log`);
    return iterate(place, { before, card, log, userId, feedback, now }, ports);
  });
  await ports.start(place);
  return run;
}

function judge(run: RunRecord, card: CardRecord | undefined): void {
  if (run.status !== 'COMPLETED' && run.status !== 'FAILED') throw runStateConflict(run, 'feedback');
  if (card && card.approvalStatus !== 'PENDING' && !isApprovedBySystem(card))
    throw new AppError('CARD_STATE_CONFLICT', `Card is ${card.approvalStatus}; feedback is not allowed`, {
      details: { status: card.approvalStatus, action: 'feedback' },
    });
  const { times } = DECISION_LIMITS.feedback;
  if (run.feedbackIteration >= times)
    throw new AppError('FEEDBACK_LIMIT', `Feedback has been given ${times} times, which is as often as it can be.`);
}

interface Iterating {
  readonly before: RunRecord;
  readonly card: CardRecord | undefined;
  readonly log: Log;
  readonly userId: string;
  readonly feedback: string;
  readonly now: number;
}

async function iterate(
  place: DecisionPlace,
  { before, card, log, userId, feedback, now }: Iterating,
  { db, store, audit, logs }: RunPorts,
): Promise<RunRecord> {
  const fields = {
    status: 'PROCESSING' as const,
    feedbackIteration: before.feedbackIteration + 1,
    feedback: [...before.feedback, feedback],
    firstSeq: log.lastSeq + 1,
  };
  const told = ofRun('COMMENT_ADDED', place.base, person(userId), {
    action: 'feedback',
    comment: shown(feedback),
    feedback_iteration: fields.feedbackIteration,
  });
  await transact(db, [
    store.runChanged(place.base, before, fields, now),
    store.cardHeld(place, card),
    store.opened(place, now),
    ...logs.reopened(log, [], now, lastWordsAt('initial_decision')),
    ...audit.added(place, await audit.head(place), [told], now).writes,
  ]);
  return { ...before, ...fields, updatedAt: now };
}
