import { idOf } from '../keys';
import type { Action } from '../model';
import type { CardTexts } from '../providers/provider';
import { cardFigures, recommendedAction } from '../rules/card-values';
import { ownerSearchAssigned, ownerSearchCandidates, ownerSearchStarted } from '../rules/event-data';
import { canRollBack, type SafetyCheck } from '../rules/safety-check';
import { searchOwner, type Ownership } from '../rules/search-owner';
import type { NewEntry } from '../store/audit';
import { ofCard, ofRun, SYSTEM_ACTOR } from '../store/entries';
import { withinBudget } from './budget';
import { cardLeaves, newCard, type CardContent } from './card';
import { judgedBy, type Iteration } from './iteration';
import type { Reviewed } from './review';
import type { Routed } from './route';

/** The last stages: who is to decide, and the card that they decide upon. */
export async function assign(
  iteration: Iteration,
  check: SafetyCheck,
  routed: Routed,
  reviewed: Reviewed,
): Promise<CardContent> {
  const ownership = await findOwner(iteration, check, routed, reviewed);
  iteration.enter('decision_card');
  const { reading, begun, writer, ports } = iteration;
  const { place } = begun;
  const action = recommendedAction(reviewed.risk.score, canRollBack(reading.facts, reading.triggers));
  const [texts, before] = await Promise.all([
    compose(iteration, check, { reviewed, ownership, action }),
    ports.store.card(place),
  ]);
  const { budget, days } = cardFigures(reading.facts, check.tier);
  const content = { action, check, reviewed, ownership, texts, budget, days };
  const now = ports.clock.now();
  const card = newCard(begun, content, before, now);
  const cardId = card.id;
  await writer.finish({
    then: 'decision_card',
    events: [
      {
        event: 'decision_card',
        data: {
          action,
          summary: card.summary,
          execution_path: card.executionPath,
          risk_tier: card.riskTier,
          budget_estimate: card.budgetEstimate,
          timeline_days: card.timelineDays,
          rollback_conditions: card.rollbackConditions,
          next_steps: card.nextSteps,
        },
      },
      {
        event: 'decision_card.assigned',
        data: {
          card_id: cardId,
          owner_id: card.ownerId,
          owner_name: card.ownerName,
          co_reviewer_ids: card.coReviewerIds,
          approval_status: card.approvalStatus,
        },
      },
    ],
    entries: cardEntries(iteration, content),
    also: [
      ports.store.cardWritten(place, before, card),
      ...cardLeaves(place, before, card, ports.people),
      // One that the system is going to approve is looked after until that is done.
      ...(card.executionPath === 'AUTO_APPROVE' && !card.humanAckRequired ? [] : [ports.store.closed(place)]),
    ],
    end: { status: 'COMPLETED', cardId },
  });
  return content;
}

async function findOwner(
  { begun, reading, writer, ports, enter }: Iteration,
  check: SafetyCheck,
  { routing, compiled }: Routed,
  { risk }: Reviewed,
): Promise<Ownership> {
  enter('owner_search');
  const { domains } = reading.facts;
  const { place, run } = begun;
  const ownership = searchOwner({
    routing,
    risk,
    domains,
    path: check.path,
    submitterId: run.submitterId,
    language: reading.language,
  });
  const started = ownerSearchStarted(risk, domains);
  await writer.add({
    then: 'owner_search',
    events: [
      { event: 'owner_search.started', data: started },
      { event: 'owner_search.candidates', data: ownerSearchCandidates(ownership) },
    ],
    entries: [ofRun('OWNER_SEARCH_STARTED', place.base, SYSTEM_ACTOR, started)],
    also: [
      ports.store.compiledWritten(place, {
        ...compiled,
        ownerId: ownership.owner.id,
        coReviewerIds: ownership.coReviewers.map(({ id }) => id),
      }),
    ],
  });
  await writer.add({
    then: 'decision_card',
    events: [{ event: 'owner_search.assigned', data: ownerSearchAssigned(ownership) }],
    entries: [
      ofPerson('OWNER_ASSIGNED', ownership.owner.id, { reason: ownership.reason }),
      ...ownership.coReviewers.map(({ id }) => ofPerson('CO_REVIEWER_ASSIGNED', id)),
    ],
  });
  return ownership;
}

function compose(
  { provider, question, budgets, whole, reading }: Iteration,
  check: SafetyCheck,
  decided: { readonly reviewed: Reviewed; readonly ownership: Ownership; readonly action: Action },
): Promise<CardTexts> {
  const { reviewed, ownership, action } = decided;
  const asked = {
    ...question,
    ...judgedBy(check, reading),
    action,
    score: reviewed.risk.score,
    findings: reviewed.findings,
    ownerName: ownership.owner.name,
    coReviewerNames: ownership.coReviewers.map(({ name }) => name),
  };
  // Texts of the card come with it, as a whole.
  const onText = (): Promise<void> => Promise.resolve();
  return withinBudget(budgets.card, whole, ({ signal }) => provider.compose(asked, { signal, onText }));
}

const ofPerson = (event_type: NewEntry['event_type'], resource_id: string, detail?: NewEntry['detail']): NewEntry => ({
  event_type,
  resource_type: 'PERSON',
  resource_id,
  actor_type: SYSTEM_ACTOR.type,
  actor_id: SYSTEM_ACTOR.id,
  ...(detail && { detail }),
});

function cardEntries({ begun }: Iteration, { action, ownership }: CardContent): NewEntry[] {
  const { base } = begun.place;
  return [
    ofCard('DECISION_CARD_CREATED', base, SYSTEM_ACTOR, { action }),
    ofCard('APPROVAL_REQUESTED', base, SYSTEM_ACTOR, { owner_id: ownership.owner.id }),
    ofRun('RUN_COMPLETED', base, SYSTEM_ACTOR, { decision_card_id: idOf('card', base) }),
  ];
}
