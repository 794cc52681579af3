import type { Agent } from '../model';
import type { Facts } from '../providers/provider';
import { isShort } from './initial-decision';
import type { Trigger } from './words';

/** What an agent of the provider `rules` finds, without words for it. */
export interface RuledFinding {
  readonly risk_type: RiskType;
  readonly severity: number;
  /** The fact that it is found by, as `name=value`. */
  readonly evidence: string;
}

export const RISK_TYPES = [
  'SECURITY_EXPOSURE',
  'DATA_LEAK',
  'PAYMENT_FRAUD',
  'SERVICE_CHANGE',
  'REGULATORY',
  'PRIVACY_LAW',
  'BUDGET_OVERRUN',
  'REVENUE_FLOW',
  'NO_ROLLBACK',
  'SHORT_TIMELINE',
  'URGENT_CHANGE',
  'CUSTOMER_IMPACT',
  'PUBLIC_MESSAGE',
] as const;
export type RiskType = (typeof RISK_TYPES)[number];

type Rule = (facts: Facts, triggers: readonly string[]) => RuledFinding | undefined;

const onTrigger =
  (trigger: Trigger, risk_type: RiskType, severity: number): Rule =>
  (_, triggers) =>
    triggers.includes(trigger) ? { risk_type, severity, evidence: `trigger=${trigger}` } : undefined;

const onFact =
  (
    risk_type: RiskType,
    judge: (facts: Facts) => { readonly severity: number; readonly evidence: string } | undefined,
  ): Rule =>
  (facts) => {
    const found = judge(facts);
    return found && { risk_type, ...found };
  };

const OF_IMPACT = { NONE: 0, LOW: 1, MID: 3, HIGH: 4 } as const;
const MESSAGE_DOMAINS = ['brand', 'customer_comms'] as const;

/** docs/contracts/decisions.md#risk-review */
const RULES: Readonly<Record<Agent, readonly Rule[]>> = {
  SECURITY: [
    onTrigger('SECURITY', 'SECURITY_EXPOSURE', 3),
    onTrigger('PERSONAL_DATA', 'DATA_LEAK', 4),
    onTrigger('PAYMENT', 'PAYMENT_FRAUD', 3),
    onFact('SERVICE_CHANGE', ({ domains }) =>
      domains.includes('infra') ? { severity: 2, evidence: 'domain=infra' } : undefined,
    ),
  ],
  LEGAL: [onTrigger('LEGAL', 'REGULATORY', 3), onTrigger('PERSONAL_DATA', 'PRIVACY_LAW', 4)],
  FINANCE: [
    onFact('BUDGET_OVERRUN', ({ budgetImpact }) => {
      const severity = OF_IMPACT[budgetImpact];
      return severity === 0 ? undefined : { severity, evidence: `budget_impact=${budgetImpact}` };
    }),
    onTrigger('PAYMENT', 'REVENUE_FLOW', 2),
  ],
  OPS: [
    onTrigger('IRREVERSIBLE', 'NO_ROLLBACK', 5),
    onFact('SHORT_TIMELINE', ({ timelineDays }) =>
      isShort(timelineDays) ? { severity: 3, evidence: `timeline_days=${timelineDays ?? ''}` } : undefined,
    ),
    onFact('URGENT_CHANGE', ({ urgency }) =>
      urgency === 'HIGH' ? { severity: 2, evidence: 'urgency=HIGH' } : undefined,
    ),
  ],
  REPUTATION: [
    onFact('CUSTOMER_IMPACT', ({ impactScope }) => {
      if (impactScope !== 'EXTERNAL' && impactScope !== 'COMPANY') return undefined;
      return { severity: impactScope === 'EXTERNAL' ? 3 : 2, evidence: `impact_scope=${impactScope}` };
    }),
    onFact('PUBLIC_MESSAGE', ({ domains }) => {
      const domain = MESSAGE_DOMAINS.find((one) => domains.includes(one));
      return domain && { severity: 2, evidence: `domain=${domain}` };
    }),
  ],
};

/** One agent's findings, in the order of the table. @param triggers that fired */
export const findByRules = (agent: Agent, facts: Facts, triggers: readonly string[]): readonly RuledFinding[] =>
  RULES[agent].flatMap((rule) => rule(facts, triggers) ?? []);
