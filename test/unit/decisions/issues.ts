import type { IssueInput } from '../../../lambdas/decisions/model';

/** An issue that says nothing but what is given. */
export const issueOf = (fields: Partial<IssueInput>): IssueInput => ({
  text: 'Something',
  title: null,
  tags: [],
  urgency: null,
  cost_impact: null,
  impact_scope: null,
  budget_estimate: null,
  timeline_days: null,
  rollback_possible: null,
  ...fields,
});

/** The issues of docs/contracts/decisions.md#risk-review. */
export const ISSUES = {
  A: issueOf({
    title: 'Loyalty points on the new ledger',
    text: 'Move all point balances to the new ledger; refunds are recalculated.',
    tags: ['payments', 'data'],
    urgency: 'MID',
    cost_impact: 'LOW',
    impact_scope: 'COMPANY',
    budget_estimate: 12_000_000,
    timeline_days: 6,
    rollback_possible: true,
  }),
  B: issueOf({ text: '환불 화면 개편. 예산 420만원, 일정 하루. 롤백 가능', tags: ['payment'] }),
  C: issueOf({ text: 'Please check', tags: ['privacy', 'legal', 'security', 'growth'], urgency: 'MID' }),
  D: issueOf({ text: 'New button colour', tags: ['growth'], urgency: 'LOW' }),
  E: issueOf({
    text: 'Switch over',
    tags: ['payments'],
    urgency: 'HIGH',
    impact_scope: 'EXTERNAL',
    budget_estimate: 90_000_000,
    timeline_days: 2,
    rollback_possible: false,
  }),
} as const;
