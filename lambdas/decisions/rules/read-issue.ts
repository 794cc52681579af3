import { IMPACTS, type Impact, type IssueInput, type Tier } from '../model';
import type { Facts } from '../providers/provider';
import { largestAmount } from './amounts';
import { domainsOf } from './domains';
import { firedTriggers } from './safety-check';
import { lastDeadline } from './timeline';
import { described, languageOf, normalised, says, type Trigger } from './words';

export interface Reading {
  readonly facts: Facts;
  /** Those that fired, in the order of the table: the safety check and the risk review go by them. */
  readonly triggers: readonly Trigger[];
  readonly language: 'ko' | 'en';
}

/** What an issue says, with the values resolved that its fields leave open (docs/contracts/decisions.md#reading-the-issue). */
export function readIssue(issue: IssueInput, feedback: readonly string[]): Reading {
  const words = [described(issue), ...feedback.map(normalised)].join('\n');
  const values = resolve(issue, feedback.map(normalised));
  const facts: Facts = {
    domains: domainsOf(issue.tags, words),
    urgency: urgencyOf(issue.urgency),
    impactScope: issue.impact_scope,
    ...values,
    budgetImpact: greater(issue.cost_impact ?? 'NONE', impactOf(values.budgetEstimate)),
  };
  return { facts, triggers: firedTriggers(facts, words), language: languageOf(issue) };
}

type Values = Pick<Facts, 'budgetEstimate' | 'timelineDays' | 'rollbackPossible'>;

/** Fields win over the text; what feedback says is taken where it is the riskier. */
function resolve(issue: IssueInput, feedback: readonly string[]): Values {
  const text = described(issue);
  return feedback.reduce<Values>(riskier, {
    budgetEstimate: issue.budget_estimate ?? largestAmount(text),
    timelineDays: issue.timeline_days ?? lastDeadline(text),
    rollbackPossible: issue.rollback_possible ?? rollbackIn(text),
  });
}

function riskier(known: Values, feedback: string): Values {
  return {
    budgetEstimate: pick(Math.max, known.budgetEstimate, largestAmount(feedback)),
    timelineDays: pick(Math.min, known.timelineDays, lastDeadline(feedback)),
    // That a rollback is possible is never the riskier answer, not even where nothing was known.
    rollbackPossible: says(feedback, 'IRREVERSIBLE') ? false : known.rollbackPossible,
  };
}

const pick = (choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : choose(a, b);

function rollbackIn(text: string): boolean | null {
  if (says(text, 'IRREVERSIBLE')) return false;
  return text.includes('롤백 가능') || text.includes('can be rolled back') ? true : null;
}

function urgencyOf(urgency: string | null): Tier {
  const level = (urgency ?? '').normalize('NFC').toUpperCase();
  if (level.includes('HIGH') || level.includes('높')) return 'HIGH';
  return ['MID', 'MED', '중'].some((name) => level.includes(name)) ? 'MID' : 'LOW';
}

function impactOf(budget: number | null): Impact {
  if (budget === null || budget === 0) return 'NONE';
  if (budget < 5_000_000) return 'LOW';
  return budget < 50_000_000 ? 'MID' : 'HIGH';
}

const greater = (a: Impact, b: Impact): Impact => (IMPACTS.indexOf(a) > IMPACTS.indexOf(b) ? a : b);
