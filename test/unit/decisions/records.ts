import type { CardRecord, IssueRecord, RunRecord } from '../../../lambdas/decisions/model';
import { idOf } from '../../../lambdas/decisions/keys';
import type { CompiledRecord } from '../../../lambdas/decisions/store/compiled';

/** Records as the service stores them, for tests that begin in the middle. */

export const SUBMITTER = 'person-staff-720';
export const OWNER = 'person-lead-1';
const AT = Date.UTC(2026, 10, 21, 4, 10, 0);

export const issueRecord = (workspace: string, base: string, more: Partial<IssueRecord> = {}): IssueRecord => ({
  id: idOf('issue', base),
  workspace,
  submitterId: SUBMITTER,
  text: 'Move all point balances to the new ledger; refunds are recalculated.',
  title: 'Loyalty points on the new ledger',
  tags: ['payments', 'data'],
  urgency: 'MID',
  cost_impact: 'LOW',
  impact_scope: 'COMPANY',
  budget_estimate: 12_000_000,
  timeline_days: 6,
  rollback_possible: true,
  status: 'PENDING',
  riskTier: null,
  createdAt: AT,
  updatedAt: AT,
  ...more,
});

export const runRecord = (workspace: string, base: string, more: Partial<RunRecord> = {}): RunRecord => ({
  id: idOf('run', base),
  issueId: idOf('issue', base),
  workspace,
  submitterId: SUBMITTER,
  status: 'PENDING',
  feedbackIteration: 0,
  feedback: [],
  firstSeq: 1,
  provider: 'rules',
  embedder: 'local',
  cardId: null,
  attempt: 0,
  createdAt: AT,
  updatedAt: AT,
  ...more,
});

export const cardRecord = (workspace: string, base: string, more: Partial<CardRecord> = {}): CardRecord => ({
  id: idOf('card', base),
  runId: idOf('run', base),
  issueId: idOf('issue', base),
  workspace,
  submitterId: SUBMITTER,
  action: 'APPROVE',
  executionPath: 'HARD_GATE',
  riskTier: 'HIGH',
  humanAckRequired: true,
  summary: '[rules] Move balances after a rehearsal.',
  reasoning: '[rules] Company-wide.',
  budgetEstimate: 12_000_000,
  timelineDays: 6,
  rollbackConditions: 'Restore the old ledger if totals differ.',
  nextSteps: ['Rehearse', 'Switch'],
  ownerId: OWNER,
  ownerName: 'Oh Nari',
  coReviewerIds: ['person-lead-7', 'person-lead-11'],
  approvalStatus: 'PENDING',
  approvedAt: null,
  approvedBy: null,
  approvalComment: null,
  rejectionReason: null,
  approvalConditions: null,
  conditionsMet: null,
  conditions: [],
  riskFindingsCount: 4,
  overallRiskScore: 3.5,
  assignmentReason: 'Leads the team that owns payments.',
  assignedAt: AT + 2_000,
  version: 1,
  createdAt: AT + 2_000,
  updatedAt: AT + 2_000,
  ...more,
});

export const compiledRecord = (more: Partial<CompiledRecord> = {}): CompiledRecord => ({
  feedbackIteration: 0,
  domains: ['payments', 'data'],
  core: [{ personId: OWNER, score: 0.512 }],
  references: [{ personId: 'person-staff-88', score: 0.41 }],
  participants: [OWNER, 'person-lead-7', 'person-lead-11', 'person-staff-5', 'person-staff-6'],
  ownerId: OWNER,
  coReviewerIds: ['person-lead-7', 'person-lead-11'],
  vector: Array.from({ length: 256 }, (_, index) => (index === 0 ? 1 : 0)),
  embedder: 'local',
  ...more,
});
