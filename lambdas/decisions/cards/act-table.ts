import { iso } from '../../platform/time/clock';
import type { ApprovalStatus, CardActName, CardRecord, IssueRecord, RunRecord } from '../model';
import { SYSTEM } from '../store/entries';

/** What a card can be in, for the question which acts it allows. */
type State = 'PENDING' | 'APPROVED_BY_SYSTEM' | 'CONDITIONALLY_APPROVED' | 'FINAL';

const FROM_PENDING = {
  approve: 'APPROVED',
  'conditional-approve': 'CONDITIONALLY_APPROVED',
  reject: 'REJECTED',
  withdraw: 'WITHDRAWN',
} as const;

/** Where each act leads (docs/contracts/decisions.md#state-machines); what is not there is not allowed. */
const TABLE: Readonly<Record<State, { readonly [A in CardActName]?: ApprovalStatus }>> = {
  PENDING: FROM_PENDING,
  APPROVED_BY_SYSTEM: FROM_PENDING,
  CONDITIONALLY_APPROVED: {
    approve: 'APPROVED',
    reject: 'REJECTED',
    // The last one makes it APPROVED.
    'condition-met': 'CONDITIONALLY_APPROVED',
    withdraw: 'WITHDRAWN',
  },
  FINAL: {},
};

export const isApprovedBySystem = ({ approvalStatus, approvedBy }: CardRecord): boolean =>
  approvalStatus === 'APPROVED' && approvedBy === SYSTEM;

function stateOf(card: CardRecord): State {
  if (card.approvalStatus === 'PENDING' || card.approvalStatus === 'CONDITIONALLY_APPROVED') return card.approvalStatus;
  return isApprovedBySystem(card) ? 'APPROVED_BY_SYSTEM' : 'FINAL';
}

export const isAllowed = (card: CardRecord, act: CardActName): boolean => TABLE[stateOf(card)][act] !== undefined;

/** An act with what it takes, as it was asked for. */
export type CardAct =
  | { readonly name: 'approve'; readonly comment: string | null }
  | { readonly name: 'conditional-approve'; readonly conditions: readonly string[]; readonly comment: string | null }
  | { readonly name: 'reject'; readonly reason: string; readonly comment: string | null }
  | { readonly name: 'condition-met'; readonly index: number; readonly evidence: string | null }
  | { readonly name: 'withdraw'; readonly reason: string };

/** The card after an act that it allows, but for its version. */
export function acted(card: CardRecord, act: CardAct, actorId: string, now: number): CardRecord {
  const approvalStatus = TABLE[stateOf(card)][act.name];
  if (approvalStatus === undefined) throw new Error(`${act.name} is not allowed on ${card.id}`);
  const moved = { ...card, approvalStatus, updatedAt: now };
  const approved = { approvedAt: now, approvedBy: actorId };
  switch (act.name) {
    case 'approve':
      return { ...moved, ...approved, approvalComment: act.comment };
    case 'conditional-approve':
      return {
        ...moved,
        ...approved,
        approvalComment: act.comment,
        approvalConditions: [...act.conditions],
        conditions: act.conditions.map((text) => ({ text, met: false })),
        conditionsMet: false,
      };
    case 'reject':
      return {
        ...moved,
        approvedAt: null,
        approvedBy: null,
        approvalComment: act.comment,
        rejectionReason: act.reason,
      };
    case 'condition-met':
      return conditionMet(moved, act, actorId, now);
    case 'withdraw':
      return moved;
  }
}

function conditionMet(
  card: CardRecord,
  { index, evidence }: { readonly index: number; readonly evidence: string | null },
  actorId: string,
  now: number,
): CardRecord {
  const conditions = card.conditions.map((condition, at) =>
    at === index
      ? { ...condition, met: true, met_by: actorId, met_at: iso(now), ...(evidence !== null && { evidence }) }
      : condition,
  );
  // Who has approved it stays; when it became APPROVED is news.
  return conditions.every(({ met }) => met)
    ? { ...card, conditions, conditionsMet: true, approvalStatus: 'APPROVED', approvedAt: now }
    : { ...card, conditions };
}

/** What becomes of the issue by its card and its run. */
export function issueStatusBy(
  { approvalStatus }: Pick<CardRecord, 'approvalStatus'>,
  run: Pick<RunRecord, 'status'>,
  issue: Pick<IssueRecord, 'status'>,
): IssueRecord['status'] {
  switch (approvalStatus) {
    case 'PENDING':
      return issue.status;
    case 'APPROVED':
      return run.status === 'APPROVED' ? 'EXECUTED' : 'DECIDED';
    case 'CONDITIONALLY_APPROVED':
    case 'REJECTED':
      return 'DECIDED';
    case 'WITHDRAWN':
      return 'CANCELLED';
  }
}

export function messageOf(card: CardRecord, act: CardAct): string {
  switch (act.name) {
    case 'approve':
      return 'Approved';
    case 'conditional-approve':
      return `Approved with ${act.conditions.length} condition${act.conditions.length === 1 ? '' : 's'}`;
    case 'reject':
      return 'Rejected';
    case 'condition-met': {
      const met = card.conditions.filter((condition) => condition.met).length;
      return met === card.conditions.length
        ? 'All conditions met'
        : `${met} of ${card.conditions.length} conditions met`;
    }
    case 'withdraw':
      return 'Withdrawn';
  }
}
