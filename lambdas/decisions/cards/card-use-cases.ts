import type { CallContext, UseCases } from '../../platform/http/endpoint';
import { AppError, invalid } from '../../platform/http/errors';
import { iso } from '../../platform/time/clock';
import type { DecisionCard } from '../contract';
import type { CardRecord } from '../model';
import { missing, placeOf } from '../place';
import type { Ports } from '../ports';
import type { decisionsRoutes } from '../routes';
import { userOf } from '../user';
import type { CardAct } from './act-table';
import { mayAct } from './permission';
import { performAct } from './perform-act';

type Cases = UseCases<typeof decisionsRoutes>;

export const getCard =
  ({ store }: Ports): Cases['getCard'] =>
  async ({ params: { card_id } }, context) => {
    const card = await store.card(placeOf('card', card_id, context));
    if (!card) throw missing('card');
    return { body: toCard(card), headers: { ETag: `"${card.version}"` } };
  };

export const approveCard =
  (ports: Ports): Cases['approveCard'] =>
  ({ params, body: { approver_id, comment } }, context) =>
    act(params.card_id, { name: 'approve', comment }, context, ports, approver_id);

export const approveCardConditionally =
  (ports: Ports): Cases['approveCardConditionally'] =>
  ({ params, body: { approver_id, conditions, comment } }, context) =>
    act(params.card_id, { name: 'conditional-approve', conditions, comment }, context, ports, approver_id);

export const rejectCard =
  (ports: Ports): Cases['rejectCard'] =>
  ({ params, body: { approver_id, reason, comment } }, context) =>
    act(params.card_id, { name: 'reject', reason, comment }, context, ports, approver_id);

export const withdrawCard =
  (ports: Ports): Cases['withdrawCard'] =>
  ({ params, body: { requester_id, reason } }, context) =>
    act(params.card_id, { name: 'withdraw', reason }, context, ports, requester_id);

export const meetCondition =
  (ports: Ports): Cases['meetCondition'] =>
  ({ params, body: { condition_index, evidence } }, context) => {
    if (params.index !== String(condition_index))
      throw invalid('condition_index', 'condition_index must be the index that the path names.');
    return act(params.card_id, { name: 'condition-met', index: condition_index, evidence }, context, ports);
  };

/** @param named by the body, as who acts */
async function act(cardId: string, what: CardAct, context: CallContext, ports: Ports, named?: string) {
  const actorId = userOf(context.headers);
  const place = placeOf('card', cardId, context);
  if (named !== undefined && named !== actorId) {
    // What is not there is that first of all.
    if (!(await ports.store.card(place))) throw missing('card');
    throw new AppError('ACTOR_MISMATCH', 'Who acts must be who X-User-ID says; nobody acts for somebody else.');
  }
  const request = {
    act: what,
    actorId,
    ifMatch: versionIn(context.headers['if-match']),
    mayAct: async (card: CardRecord) => {
      const { byId } = await ports.organisation();
      mayAct(card, what.name, actorId, byId);
    },
  };
  return { body: await performAct(place, request, ports) };
}

/** What no card ever had. */
const NO_VERSION = 0;

/** The version that `If-Match` names; undefined where any will do. */
function versionIn(header: string | undefined): number | undefined {
  const named = header?.trim();
  if (named === undefined || named === '*') return undefined;
  const digits = /^(?:W\/)?"?(\d{1,15})"?$/.exec(named)?.[1];
  return digits === undefined ? NO_VERSION : Number(digits);
}

const timeOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export const toCard = (card: CardRecord): DecisionCard => ({
  id: card.id,
  run_id: card.runId,
  action: card.action,
  execution_path: card.executionPath,
  risk_tier: card.riskTier,
  summary: card.summary,
  reasoning: card.reasoning,
  budget_estimate: card.budgetEstimate,
  timeline_days: card.timelineDays,
  rollback_conditions: card.rollbackConditions,
  next_steps: card.nextSteps,
  owner_id: card.ownerId,
  owner_name: card.ownerName,
  co_reviewer_ids: card.coReviewerIds,
  approval_status: card.approvalStatus,
  approved_at: timeOrNull(card.approvedAt),
  approved_by: card.approvedBy,
  approval_comment: card.approvalComment,
  rejection_reason: card.rejectionReason,
  approval_conditions: card.approvalConditions,
  conditions_met: card.conditionsMet,
  risk_findings_count: card.riskFindingsCount,
  overall_risk_score: card.overallRiskScore,
  assignment_reason: card.assignmentReason,
  created_at: iso(card.createdAt),
  updated_at: iso(card.updatedAt),
  version: card.version,
  conditions: card.conditions.map(({ text, met, met_by = null, met_at = null, evidence = null }) => ({
    ...{ text, met, met_by, met_at, evidence },
  })),
});
