import { AGENTS, PATHS, TIERS } from '../../../../lambdas/decisions/model';
import { weighFindings, type Found, type Risk } from '../../../../lambdas/decisions/rules/risk';
import { cardFigures, recommendedAction } from '../../../../lambdas/decisions/rules/card-values';
import { readIssue } from '../../../../lambdas/decisions/rules/read-issue';
import { findByRules } from '../../../../lambdas/decisions/rules/risk-rules';
import { seeded } from '../../../support/random';
import { issueOf } from '../issues';

const found = (agent: Found['agent'], severity: number): Found => ({
  agent,
  severity,
  risk_type: 'R',
  evidence: '',
  recommendation: '',
});

type Judged = Parameters<typeof weighFindings>[1];
const calm: Judged = { tier: 'LOW', path: 'AUTO_APPROVE', triggers: [], facts: { budgetImpact: 'NONE' } };
const weigh = (findings: readonly Found[], judged: Partial<Judged> = {}): Risk =>
  weighFindings(findings, { ...calm, ...judged });

/** docs/contracts/decisions.md#risk-review, by another way: each agent's worst in hundredths, then half up. */
function scoreOf(findings: readonly Found[]): number {
  const worst = AGENTS.map((agent) =>
    Math.max(0, ...findings.filter((one) => one.agent === agent).map(({ severity }) => severity)),
  ).filter((severity) => severity > 0);
  if (worst.length === 0) return 0;
  const sum = worst.reduce((total, severity) => total + severity, 0);
  // Multiplied by 60, which all numbers of agents divide: 0.6 max + 0.4 mean is whole.
  const sixtieths = 36 * Math.max(...worst) + (24 * sum) / worst.length;
  return Math.floor((Math.round(sixtieths) * 10 + 30) / 60) / 10;
}

test('the score is that of the formula, whatever is found', () => {
  const random = seeded(20261127, 'findings');
  for (let time = 0; time < 3000; time += 1) {
    const findings = Array.from({ length: random.whole(0, 12) }, () => found(random.pick(AGENTS), random.whole(1, 5)));
    const { score } = weigh(findings);
    expect(score).toBe(scoreOf(findings));
    expect(score).toBeGreaterThanOrEqual(0);
    expect(score).toBeLessThanOrEqual(5);
  }
});

test('a tier has a score that it does not go below', () => {
  expect(TIERS.map((tier) => weigh([], { tier }).score)).toEqual([0, 1.5, 3.5]);
  expect(weigh([found('OPS', 5)], { tier: 'HIGH' }).score).toBe(5);
});

test.each([
  [1, 'STAFF', [found('OPS', 1)]],
  [2, 'TEAM_LEAD', [found('OPS', 2)]],
  [3.5, 'TEAM_LEAD', [found('OPS', 4), found('LEGAL', 2), found('FINANCE', 2)]],
  [4, 'DIRECTOR', [found('OPS', 4)]],
  [4.4, 'DIRECTOR', [found('OPS', 5), found('LEGAL', 2)]],
  [5, 'VP', [found('OPS', 5)]],
] as const)('a score of %s asks for %s', (score, requiredLevel, findings) => {
  expect(weigh(findings)).toMatchObject({ score, requiredLevel });
});

test('a hard gate asks for a lead, what cannot be undone or costs much for a director', () => {
  const levels = (judged: Partial<Judged>) => weigh([], judged).requiredLevel;
  expect(levels({ path: 'HARD_GATE' })).toBe('TEAM_LEAD');
  expect(levels({ path: 'HARD_GATE', triggers: ['IRREVERSIBLE'] })).toBe('DIRECTOR');
  expect(levels({ facts: { budgetImpact: 'HIGH' } })).toBe('DIRECTOR');
  expect(levels({ path: 'SOFT_GATE' })).toBe('STAFF');
});

test('a person has to look at what is not approved at once, is risky, or has a worst finding', () => {
  expect(PATHS.map((path) => weigh([], { path }).humanAckRequired)).toEqual([false, true, true]);
  expect(weigh([found('OPS', 2)]).humanAckRequired).toBe(false);
  expect(weigh([found('OPS', 3)]).humanAckRequired).toBe(true);
  const worst = [found('OPS', 5), ...AGENTS.filter((agent) => agent !== 'OPS').map((agent) => found(agent, 1))];
  expect(weigh(worst).humanAckRequired).toBe(true);
});

test('agents with a finding of 3 or more call for their departments', () => {
  expect(weigh([found('REPUTATION', 3), found('SECURITY', 4), found('OPS', 2)]).alarmed).toEqual([
    'SECURITY',
    'REPUTATION',
  ]);
});

test.each([
  [4.5, false, 'REJECT'],
  [4.5, true, 'DEFER'],
  [4.4, false, 'DEFER'],
  [3.6, true, 'DEFER'],
  [3.5, false, 'APPROVE'],
])('a score of %s, rollback possible %s: %s', (score, canRollBack, action) => {
  expect(recommendedAction(score, canRollBack)).toBe(action);
});

test('figures of the card are what is known, else what is usual', () => {
  const { facts } = readIssue(issueOf({ cost_impact: 'MID' }), []);
  expect(cardFigures(facts, 'HIGH')).toEqual({ budget: 20_000_000, days: 14 });
  expect(cardFigures({ ...facts, budgetEstimate: 5, timelineDays: 8 }, 'HIGH')).toEqual({ budget: 5, days: 8 });
  expect(TIERS.map((tier) => cardFigures(facts, tier).days)).toEqual([3, 5, 14]);
  const impacts = (['NONE', 'LOW', 'MID', 'HIGH'] as const).map((budgetImpact) => ({ ...facts, budgetImpact }));
  expect(impacts.map((one) => cardFigures(one, 'LOW').budget)).toEqual([0, 3_000_000, 20_000_000, 80_000_000]);
});

test('each row of the table of findings', () => {
  const all = (fields: Parameters<typeof issueOf>[0]) => {
    const { facts, triggers } = readIssue(issueOf(fields), []);
    return AGENTS.flatMap((agent) =>
      findByRules(agent, facts, triggers).map(({ risk_type, severity }) => `${agent} ${risk_type} ${severity}`),
    );
  };
  expect(all({ tags: ['security', 'privacy', 'payments', 'infra', 'legal', 'brand'], urgency: 'HIGH' })).toEqual([
    'SECURITY SECURITY_EXPOSURE 3',
    'SECURITY DATA_LEAK 4',
    'SECURITY PAYMENT_FRAUD 3',
    'SECURITY SERVICE_CHANGE 2',
    'LEGAL REGULATORY 3',
    'LEGAL PRIVACY_LAW 4',
    'FINANCE REVENUE_FLOW 2',
    'OPS URGENT_CHANGE 2',
    'REPUTATION PUBLIC_MESSAGE 2',
  ]);
  expect(all({ text: '복구 불가', timeline_days: 2, impact_scope: 'EXTERNAL', cost_impact: 'LOW' })).toEqual([
    'FINANCE BUDGET_OVERRUN 1',
    'OPS NO_ROLLBACK 5',
    'OPS SHORT_TIMELINE 3',
    'REPUTATION CUSTOMER_IMPACT 3',
  ]);
  expect(all({ cost_impact: 'HIGH', impact_scope: 'COMPANY', tags: ['support'] })).toEqual([
    'FINANCE BUDGET_OVERRUN 4',
    'REPUTATION CUSTOMER_IMPACT 2',
    'REPUTATION PUBLIC_MESSAGE 2',
  ]);
});
