import { PATHS, TIERS, type Path, type Tier } from '../model';
import type { Facts } from '../providers/provider';
import { pathOf } from './initial-decision';
import { says, TRIGGERS, type Trigger } from './words';

export interface SafetyCheck {
  /** Whether tier or path changed. */
  readonly overridden: boolean;
  readonly originalTier: Tier;
  readonly originalPath: Path;
  /** What holds from here on. */
  readonly tier: Tier;
  readonly path: Path;
  /** Why; empty where nothing changed. */
  readonly reason: string;
}

/** One of them raises by two steps; each of the others by one, two at most. */
const STRONG: ReadonlySet<Trigger> = new Set(['IRREVERSIBLE', 'PERSONAL_DATA', 'BUDGET_HIGH']);
const MOST_STEPS = 2;

/**
 * Triggers that fire, in the order of the table (docs/contracts/decisions.md#safety-check).
 * @param words title, text and feedback, as `normalised` gives them
 */
export function firedTriggers(facts: Facts, words: string): readonly Trigger[] {
  const { domains, rollbackPossible, budgetImpact } = facts;
  const fires: Readonly<Record<Trigger, boolean>> = {
    IRREVERSIBLE: rollbackPossible === false || says(words, 'IRREVERSIBLE'),
    PERSONAL_DATA: domains.includes('privacy') || says(words, 'PERSONAL_DATA'),
    BUDGET_HIGH: budgetImpact === 'HIGH',
    PAYMENT: domains.includes('payments') || says(words, 'PAYMENT'),
    LEGAL: domains.includes('legal') || says(words, 'LEGAL'),
    SECURITY: domains.includes('security') || says(words, 'SECURITY'),
    BUDGET_MID: budgetImpact === 'MID',
  };
  return TRIGGERS.filter((trigger) => fires[trigger]);
}

/** What the triggers make of a decision, whoever made it: they can raise it, and nothing lowers it. */
export function checkSafety(
  { tier: originalTier, path: originalPath }: { readonly tier: Tier; readonly path: Path },
  triggers: readonly Trigger[],
): SafetyCheck {
  const tier = raised(originalTier, stepsOf(triggers));
  const path = stricterPath(originalPath, pathOf(tier));
  const overridden = tier !== originalTier || path !== originalPath;
  return { overridden, originalTier, originalPath, tier, path, reason: reasonOf() };

  function reasonOf(): string {
    if (tier !== originalTier) return `raised by: ${triggers.join(', ')}`;
    return overridden ? 'path aligned with tier' : '';
  }
}

function stepsOf(triggers: readonly Trigger[]): number {
  return triggers.some((trigger) => STRONG.has(trigger)) ? MOST_STEPS : Math.min(MOST_STEPS, triggers.length);
}

const raised = (tier: Tier, steps: number): Tier => TIERS[TIERS.indexOf(tier) + steps] ?? 'HIGH';

export const stricterPath = (a: Path, b: Path): Path => (PATHS.indexOf(a) > PATHS.indexOf(b) ? a : b);
export const stricterTier = (a: Tier, b: Tier): Tier => (TIERS.indexOf(a) > TIERS.indexOf(b) ? a : b);

/** `rollback_possible` from the safety check on: what nobody knows counts as possible, unless something says otherwise. */
export const canRollBack = ({ rollbackPossible }: Facts, triggers: readonly Trigger[]): boolean =>
  rollbackPossible ?? !triggers.includes('IRREVERSIBLE');
