import type { Write } from '../../platform/dynamo/transact';
import { idOf } from '../keys';
import type { Action, CardRecord } from '../model';
import type { CardTexts } from '../providers/provider';
import type { SafetyCheck } from '../rules/safety-check';
import type { Ownership } from '../rules/search-owner';
import type { DecisionPlace } from '../store/audit';
import type { PersonStore } from '../store/person-writes';
import type { Begun } from './begin-iteration';
import type { Reviewed } from './review';

/** What an iteration has come to. */
export interface CardContent {
  readonly action: Action;
  readonly check: SafetyCheck;
  readonly reviewed: Reviewed;
  readonly ownership: Ownership;
  readonly texts: CardTexts;
  /** Won, and days. */
  readonly budget: number;
  readonly days: number;
}

/** The card of a run: a further iteration writes the same one anew, and nothing of what was decided upon it stays. */
export function newCard(
  { place, run }: Begun,
  { action, check, reviewed, ownership, texts, budget, days }: CardContent,
  before: CardRecord | undefined,
  now: number,
): CardRecord {
  return {
    id: idOf('card', place.base),
    runId: run.id,
    issueId: run.issueId,
    workspace: run.workspace,
    submitterId: run.submitterId,
    action,
    executionPath: check.path,
    riskTier: check.tier,
    humanAckRequired: reviewed.risk.humanAckRequired,
    summary: texts.summary,
    reasoning: texts.reasoning,
    budgetEstimate: budget,
    timelineDays: days,
    rollbackConditions: texts.rollbackConditions,
    nextSteps: [...texts.nextSteps],
    ownerId: ownership.owner.id,
    ownerName: ownership.owner.name,
    coReviewerIds: ownership.coReviewers.map(({ id }) => id),
    approvalStatus: 'PENDING',
    approvedAt: null,
    approvedBy: null,
    approvalComment: null,
    rejectionReason: null,
    approvalConditions: null,
    conditionsMet: null,
    conditions: [],
    riskFindingsCount: reviewed.findings.length,
    overallRiskScore: reviewed.risk.score,
    assignmentReason: ownership.reason,
    assignedAt: now,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
}

/** What a new card leaves with people: an open card of its owner, no longer one of the owner before, and who takes part. */
export function cardLeaves(
  { workspace, base }: DecisionPlace,
  before: CardRecord | undefined,
  card: CardRecord,
  people: PersonStore,
): Write[] {
  const previous = before?.approvalStatus === 'PENDING' ? before.ownerId : null;
  const at = card.assignedAt;
  return [
    ...people.openCardMoved(workspace, previous, card.ownerId),
    ...(card.ownerId === null ? [] : [people.activityAdded(workspace, card.ownerId, { kind: 'OWNED', base, at })]),
    ...(card.coReviewerIds ?? []).map((id) => people.activityAdded(workspace, id, { kind: 'CO_REVIEWED', base, at })),
  ];
}
