import { AGENTS, type IssueInput } from '../../../../lambdas/decisions/model';
import { recommendedAction } from '../../../../lambdas/decisions/rules/card-values';
import { countPoints } from '../../../../lambdas/decisions/rules/initial-decision';
import { readIssue } from '../../../../lambdas/decisions/rules/read-issue';
import { weighFindings } from '../../../../lambdas/decisions/rules/risk';
import { findByRules } from '../../../../lambdas/decisions/rules/risk-rules';
import { canRollBack, checkSafety } from '../../../../lambdas/decisions/rules/safety-check';
import { ISSUES } from '../issues';

function judge(issue: IssueInput) {
  const { facts, triggers } = readIssue(issue, []);
  const check = checkSafety(countPoints(facts), triggers);
  const findings = AGENTS.flatMap((agent) => findByRules(agent, facts, triggers).map((one) => ({ agent, ...one })));
  const risk = weighFindings(
    findings.map((one) => ({ ...one, recommendation: '' })),
    { ...check, facts, triggers },
  );
  return { facts, check, risk, action: recommendedAction(risk.score, canRollBack(facts, triggers)) };
}

/** docs/contracts/decisions.md#risk-review, "Check values" */
test.each([
  ['A', 'MID', 'HIGH', 'HARD_GATE', 4, 3.5, 'TEAM_LEAD', 'APPROVE', true],
  ['B', 'LOW', 'MID', 'SOFT_GATE', 4, 2.9, 'TEAM_LEAD', 'APPROVE', true],
  ['C', 'LOW', 'HIGH', 'HARD_GATE', 4, 4, 'DIRECTOR', 'DEFER', true],
  ['D', 'LOW', 'LOW', 'AUTO_APPROVE', 0, 0, 'STAFF', 'APPROVE', false],
  ['E', 'HIGH', 'HIGH', 'HARD_GATE', 7, 4.5, 'VP', 'REJECT', true],
] as const)('issue %s', (name, originalTier, tier, path, findings, score, requiredLevel, action, humanAckRequired) => {
  const judged = judge(ISSUES[name]);
  expect(judged.check).toMatchObject({ originalTier, tier, path });
  expect(judged.risk).toMatchObject({ findings, score, requiredLevel, humanAckRequired });
  expect(judged.action).toBe(action);
});

test('issue A is judged by the factors and triggers of the example', () => {
  const { facts, check } = judge(ISSUES.A);
  expect(countPoints(facts).keyFactors).toEqual([
    'impact_scope=COMPANY',
    'rollback_possible=true',
    'budget_impact=MID',
  ]);
  expect(check.reason).toBe('raised by: PAYMENT, BUDGET_MID');
});

test('issue B has its budget and its day from the text', () => {
  expect(judge(ISSUES.B).facts).toMatchObject({
    budgetEstimate: 4_200_000,
    timelineDays: 1,
    rollbackPossible: true,
    domains: ['payments'],
  });
});
