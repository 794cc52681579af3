import { PATHS, TIERS, type Impact, type Path, type Scope, type Tier } from '../model';
import type { Facts } from '../providers/provider';

export interface Points {
  readonly tier: Tier;
  readonly path: Path;
  /** Each fact that counted, as `name=value`. */
  readonly keyFactors: readonly string[];
}

const OF_SCOPE: Readonly<Record<Scope, number>> = { INDIVIDUAL: 0, TEAM: 0, DEPARTMENT: 1, COMPANY: 2, EXTERNAL: 2 };
const OF_IMPACT: Readonly<Record<Impact, number>> = { NONE: 0, LOW: 0, MID: 1, HIGH: 2 };
/** Days that are few. */
export const SHORT_TIMELINE_DAYS = 2;

/** The path of a tier. */
export const pathOf = (tier: Tier): Path => PATHS[TIERS.indexOf(tier)] ?? 'HARD_GATE';

/** How the provider `rules` judges an issue (docs/contracts/decisions.md#initial-decision). */
export function countPoints(facts: Facts): Points {
  const { urgency, impactScope, timelineDays, rollbackPossible, budgetImpact } = facts;
  const rows = [
    { factor: `urgency=${urgency}`, points: urgency === 'HIGH' ? 1 : 0 },
    { factor: `impact_scope=${impactScope ?? ''}`, points: impactScope === null ? 0 : OF_SCOPE[impactScope] },
    { factor: `timeline_days=${timelineDays ?? ''}`, points: isShort(timelineDays) ? 1 : 0 },
    { factor: `rollback_possible=${String(rollbackPossible)}`, points: rollbackPossible === true ? -1 : 0 },
    { factor: `budget_impact=${budgetImpact}`, points: OF_IMPACT[budgetImpact] },
  ];
  const counted = rows.filter(({ points }) => points !== 0);
  const tier = tierOf(counted.reduce((sum, { points }) => sum + points, 0));
  const keyFactors = counted.map(({ factor }) => factor);
  return { tier, path: pathOf(tier), keyFactors: keyFactors.length === 0 ? ['no raising factor'] : keyFactors };
}

export const isShort = (days: number | null): boolean => days !== null && days <= SHORT_TIMELINE_DAYS;

function tierOf(points: number): Tier {
  if (points <= 1) return 'LOW';
  return points <= 3 ? 'MID' : 'HIGH';
}
