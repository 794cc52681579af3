import type { Person } from '../model';
import { halfUp } from './rounding';
import { freeOf } from './score';

/** Something that somebody did or was asked to do within the period. */
export interface Act {
  readonly kind: 'SUBMITTED' | 'OWNED' | 'CO_REVIEWED' | 'APPROVED' | 'CONDITIONALLY_APPROVED' | 'REJECTED';
  /** Milliseconds from the assignment of a card to a decision on it. */
  readonly tookMs?: number | undefined;
}

const DECISIONS: readonly Act['kind'][] = ['APPROVED', 'CONDITIONALLY_APPROVED', 'REJECTED'];
const MINUTE_MS = 60_000;

/** Figures of a person (docs/contracts/decisions.md#audit-metrics-graphs-meetings). */
export function metricsOf(
  person: Person,
  {
    periodDays,
    acts,
    openCards,
    experiences,
  }: { periodDays: number; acts: readonly Act[]; openCards: number; experiences: number },
) {
  const count = (kind: Act['kind']): number => acts.filter((act) => act.kind === kind).length;
  const decisions = acts.filter(({ kind }) => DECISIONS.includes(kind));
  const [approved, conditionally] = [count('APPROVED'), count('CONDITIONALLY_APPROVED')];
  const tookMs = decisions.reduce((sum, act) => sum + (act.tookMs ?? 0), 0);
  const total = decisions.length;
  return {
    person_id: person.id,
    name: person.name,
    period_days: periodDays,
    issues_submitted: count('SUBMITTED'),
    cards_owned: count('OWNED'),
    co_reviews: count('CO_REVIEWED'),
    approved,
    conditionally_approved: conditionally,
    rejected: count('REJECTED'),
    decisions_total: total,
    approval_rate: total === 0 ? null : halfUp((approved + conditionally) / total, 4),
    avg_decision_minutes: total === 0 ? null : halfUp(tookMs / total / MINUTE_MS, 1),
    open_cards: openCards,
    current_load: halfUp(1 - freeOf(person, openCards), 4),
    experiences_total: experiences,
  };
}
