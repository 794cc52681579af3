import * as z from 'zod';

/** What is stored of decisions (docs/contracts/decisions.md#resources). Times are epoch ms; answers have them in ISO form. */

export const LEVELS = ['STAFF', 'TEAM_LEAD', 'DIRECTOR', 'VP', 'CEO'] as const;
export const TIERS = ['LOW', 'MID', 'HIGH'] as const;
export const PATHS = ['AUTO_APPROVE', 'SOFT_GATE', 'HARD_GATE'] as const;
export const ACTIONS = ['APPROVE', 'REJECT', 'DEFER'] as const;
export const IMPACTS = ['NONE', 'LOW', 'MID', 'HIGH'] as const;
export const SCOPES = ['INDIVIDUAL', 'TEAM', 'DEPARTMENT', 'COMPANY', 'EXTERNAL'] as const;
export const AGENTS = ['SECURITY', 'LEGAL', 'FINANCE', 'OPS', 'REPUTATION'] as const;
export const PROVIDERS = ['rules', 'bedrock', 'openai-compatible'] as const;
export const EMBEDDERS = ['local', 'titan'] as const;
/** In priority order: the first of an issue is its primary domain. */
export const DOMAINS = [
  'privacy',
  'security',
  'legal',
  'payments',
  'pricing',
  'data',
  'infra',
  'customer_comms',
  'brand',
  'growth',
] as const;
export const STAGES = [
  'initial_decision',
  'safety_check',
  'rule_applied',
  'graph',
  'vector',
  'meeting',
  'risk_review',
  'owner_search',
  'decision_card',
] as const;

export type Level = (typeof LEVELS)[number];
export type Tier = (typeof TIERS)[number];
export type Path = (typeof PATHS)[number];
export type Action = (typeof ACTIONS)[number];
export type Impact = (typeof IMPACTS)[number];
export type Scope = (typeof SCOPES)[number];
export type Agent = (typeof AGENTS)[number];
export type Domain = (typeof DOMAINS)[number];
export type ProviderName = (typeof PROVIDERS)[number];
export type EmbedderName = (typeof EMBEDDERS)[number];
export type Stage = (typeof STAGES)[number];

/** What somebody wrote; kept as it was sent. */
export const IssueInput = z.object({
  text: z.string(),
  title: z.string().nullable(),
  tags: z.array(z.string()),
  urgency: z.string().nullable(),
  cost_impact: z.enum(IMPACTS).nullable(),
  impact_scope: z.enum(SCOPES).nullable(),
  budget_estimate: z.number().nullable(),
  timeline_days: z.number().nullable(),
  rollback_possible: z.boolean().nullable(),
});
export type IssueInput = z.output<typeof IssueInput>;

export const IssueRecord = IssueInput.extend({
  id: z.string(),
  workspace: z.string(),
  submitterId: z.string(),
  status: z.enum(['PENDING', 'PROCESSING', 'DECIDED', 'EXECUTED', 'CANCELLED']),
  riskTier: z.enum(TIERS).nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type IssueRecord = z.output<typeof IssueRecord>;

export const RunRecord = z.object({
  id: z.string(),
  issueId: z.string(),
  workspace: z.string(),
  submitterId: z.string(),
  status: z.enum(['PENDING', 'PROCESSING', 'COMPLETED', 'APPROVED', 'FAILED']),
  feedbackIteration: z.number(),
  /** Of each feedback so far, oldest first. */
  feedback: z.array(z.string()),
  /** Seq of the first event of the current iteration. */
  firstSeq: z.number(),
  provider: z.enum(PROVIDERS),
  embedder: z.enum(EMBEDDERS),
  cardId: z.string().nullable(),
  /** How often an execution was begun: who holds an older number must write nothing. */
  attempt: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type RunRecord = z.output<typeof RunRecord>;

const Condition = z.object({
  text: z.string(),
  met: z.boolean(),
  met_by: z.string().optional(),
  met_at: z.string().optional(),
  evidence: z.string().optional(),
});

/** What an act upon a card is called, in answers too. */
export const CARD_ACTS = ['approve', 'conditional-approve', 'reject', 'condition-met', 'withdraw'] as const;
export type CardActName = (typeof CARD_ACTS)[number];

const APPROVAL_STATUSES = ['PENDING', 'APPROVED', 'CONDITIONALLY_APPROVED', 'REJECTED', 'WITHDRAWN'] as const;
export const ApprovalStatus = z.enum(APPROVAL_STATUSES);
export type ApprovalStatus = z.output<typeof ApprovalStatus>;

/** The answer to an act upon a card. */
export const Approval = z.object({
  card_id: z.string(),
  status: ApprovalStatus,
  message: z.string(),
  approved_at: z.string().nullable(),
  approved_by: z.string().nullable(),
});
export type Approval = z.output<typeof Approval>;

const ActDone = z.object({
  name: z.enum(CARD_ACTS),
  actorId: z.string(),
  /** SHA-256 of what was asked for. */
  bodyHash: z.string(),
  answer: Approval,
});

export const CardRecord = z.object({
  id: z.string(),
  runId: z.string(),
  issueId: z.string(),
  workspace: z.string(),
  submitterId: z.string(),
  action: z.enum(ACTIONS),
  executionPath: z.enum(PATHS),
  riskTier: z.enum(TIERS),
  humanAckRequired: z.boolean(),
  summary: z.string(),
  reasoning: z.string().nullable(),
  budgetEstimate: z.number().nullable(),
  timelineDays: z.number().nullable(),
  rollbackConditions: z.string().nullable(),
  nextSteps: z.array(z.string()).nullable(),
  ownerId: z.string().nullable(),
  ownerName: z.string().nullable(),
  coReviewerIds: z.array(z.string()).nullable(),
  approvalStatus: ApprovalStatus,
  approvedAt: z.number().nullable(),
  approvedBy: z.string().nullable(),
  approvalComment: z.string().nullable(),
  rejectionReason: z.string().nullable(),
  approvalConditions: z.array(z.string()).nullable(),
  conditionsMet: z.boolean().nullable(),
  conditions: z.array(Condition),
  /** What people have done to the card of this iteration: whoever repeats an act gets what was answered. Absent: nothing. */
  acts: z.array(ActDone).optional(),
  riskFindingsCount: z.number(),
  overallRiskScore: z.number().nullable(),
  assignmentReason: z.string().nullable(),
  assignedAt: z.number(),
  /** From 1; each change is by one, and only of the version that was read. */
  version: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type CardRecord = z.output<typeof CardRecord>;

export const AUDIT_EVENTS = [
  'ISSUE_CREATED',
  'ISSUE_UPDATED',
  'RUN_STARTED',
  'RUN_COMPLETED',
  'RUN_FAILED',
  'DECISION_CARD_CREATED',
  'RISK_REVIEW_STARTED',
  'RISK_AGENT_COMPLETED',
  'RISK_REVIEW_COMPLETED',
  'OWNER_SEARCH_STARTED',
  'OWNER_ASSIGNED',
  'CO_REVIEWER_ASSIGNED',
  'APPROVAL_REQUESTED',
  'APPROVED',
  'CONDITIONALLY_APPROVED',
  'REJECTED',
  'WITHDRAWN',
  'CONDITION_MET',
  'COMMENT_ADDED',
  'SYSTEM_ERROR',
] as const;
export const RESOURCE_TYPES = ['ISSUE', 'DECISION_RUN', 'DECISION_CARD', 'RISK_FINDING', 'PERSON', 'SYSTEM'] as const;

/** An entry of the audit log as it is answered: it is never changed or deleted. */
export const AuditEntry = z.object({
  id: z.string(),
  event_type: z.enum(AUDIT_EVENTS),
  event_timestamp: z.string(),
  resource_type: z.enum(RESOURCE_TYPES),
  resource_id: z.string(),
  actor_id: z.string().nullable(),
  actor_type: z.enum(['PERSON', 'SYSTEM', 'AGENT']),
  detail: z.record(z.string(), z.unknown()).nullable(),
  run_id: z.string().nullable(),
  issue_id: z.string().nullable(),
  card_id: z.string().nullable(),
});
export type AuditEntry = z.output<typeof AuditEntry>;

/** Somebody of the organisation (docs/contracts/decisions.md#organisation-data-and-scope). */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: 'ENGINEER' | 'PM' | 'FINANCE' | 'AH';
  readonly team: string | null;
  readonly department: string | null;
  readonly level: Level;
  readonly title: string;
  /** `/Engineering/Payments`, `/Engineering`, `/`. */
  readonly orgPath: string;
  readonly domainStrength: Readonly<Record<Domain, number>>;
  /** 0 to 1; cards that are open come on top. */
  readonly load: number;
}

/** A decision that somebody took part in. */
export interface Experience {
  readonly id: string;
  readonly personId: string;
  readonly domains: readonly Domain[];
  readonly summary: string;
  readonly outcome: 'APPROVED' | 'REJECTED' | 'CONDITIONAL';
  readonly decidedAt: number;
  /** 256 numbers of length 1, or all zero. */
  readonly vector: Float32Array;
}

/** Two people who work together; `a` comes before `b` in the people's order. */
export interface Collaboration {
  readonly a: string;
  readonly b: string;
  readonly type: 'project' | 'risk' | 'budget';
  readonly weight: number;
}

/** Everybody, in the people's order, and what connects them. */
export interface Organisation {
  readonly people: readonly Person[];
  readonly collaborations: readonly Collaboration[];
  readonly experiences: readonly Experience[];
}

export interface Finding {
  readonly risk_type: string;
  /** 1 to 5. */
  readonly severity: number;
  readonly evidence: string;
  readonly recommendation: string;
}
