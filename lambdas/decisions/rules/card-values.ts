import type { Action, Impact, Tier } from '../model';
import type { Facts } from '../providers/provider';

const WON_OF: Readonly<Record<Impact, number>> = { NONE: 0, LOW: 3_000_000, MID: 20_000_000, HIGH: 80_000_000 };
const DAYS_OF: Readonly<Record<Tier, number>> = { LOW: 3, MID: 5, HIGH: 14 };
const REJECT_FROM = 4.5;
const DEFER_FROM = 3.6;

/** What is recommended: people decide (docs/contracts/decisions.md#owner-and-card). */
export function recommendedAction(score: number, canRollBack: boolean): Action {
  if (score >= REJECT_FROM && !canRollBack) return 'REJECT';
  return score >= DEFER_FROM ? 'DEFER' : 'APPROVE';
}

/** Won, and days: what is known, else what is usual. */
export const cardFigures = (facts: Facts, tier: Tier): { readonly budget: number; readonly days: number } => ({
  budget: facts.budgetEstimate ?? WON_OF[facts.budgetImpact],
  days: facts.timelineDays ?? DAYS_OF[tier],
});
