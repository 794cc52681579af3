import * as z from 'zod';

/**
 * Resources of the decisions API, written from docs/contracts/decisions.md#resources and not from the product, so that the
 * two can disagree. Strict, and without optional fields: what is not set is null.
 */

const Time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9A-Za-z]+$`));
const Tier = z.enum(['LOW', 'MID', 'HIGH']);
const share = z.number().min(0).max(1);
const count = z.int().min(0);

export const Issue = z.strictObject({
  id: id('iss'),
  text: z.string().min(1),
  title: z.string().nullable(),
  tags: z.array(z.string()),
  urgency: z.string().nullable(),
  cost_impact: z.enum(['NONE', 'LOW', 'MID', 'HIGH']).nullable(),
  impact_scope: z.enum(['INDIVIDUAL', 'TEAM', 'DEPARTMENT', 'COMPANY', 'EXTERNAL']).nullable(),
  budget_estimate: count.nullable(),
  timeline_days: z.int().min(1).nullable(),
  rollback_possible: z.boolean().nullable(),
  submitter_id: z.string().nullable(),
  status: z.enum(['PENDING', 'PROCESSING', 'DECIDED', 'EXECUTED', 'CANCELLED']),
  risk_tier: Tier.nullable(),
  created_at: Time,
  updated_at: Time,
});
export type Issue = z.output<typeof Issue>;

export const IssueCreated = z.strictObject({ issue_id: id('iss'), run_id: id('run'), status: z.literal('PENDING') });

const ApprovalStatus = z.enum(['PENDING', 'APPROVED', 'CONDITIONALLY_APPROVED', 'REJECTED', 'WITHDRAWN']);

export const Card = z.strictObject({
  id: id('card'),
  run_id: id('run'),
  action: z.enum(['APPROVE', 'REJECT', 'DEFER']),
  execution_path: z.enum(['AUTO_APPROVE', 'SOFT_GATE', 'HARD_GATE']),
  risk_tier: Tier,
  summary: z.string().min(1),
  reasoning: z.string().nullable(),
  budget_estimate: count.nullable(),
  timeline_days: z.int().min(1).nullable(),
  rollback_conditions: z.string().nullable(),
  next_steps: z.array(z.string()).nullable(),
  owner_id: z.string().nullable(),
  owner_name: z.string().nullable(),
  co_reviewer_ids: z.array(z.string()).max(3).nullable(),
  approval_status: ApprovalStatus,
  approved_at: Time.nullable(),
  approved_by: z.string().nullable(),
  approval_comment: z.string().nullable(),
  rejection_reason: z.string().nullable(),
  approval_conditions: z.array(z.string()).nullable(),
  conditions_met: z.boolean().nullable(),
  risk_findings_count: count,
  overall_risk_score: z.number().min(0).max(5).nullable(),
  assignment_reason: z.string().nullable(),
  created_at: Time,
  updated_at: Time,
  version: z.int().min(1),
  conditions: z.array(
    z.strictObject({
      text: z.string(),
      met: z.boolean(),
      met_by: z.string().nullable(),
      met_at: Time.nullable(),
      evidence: z.string().nullable(),
    }),
  ),
});
export type Card = z.output<typeof Card>;

export const Approval = z.strictObject({
  card_id: id('card'),
  status: ApprovalStatus,
  message: z.string(),
  approved_at: Time.nullable(),
  approved_by: z.string().nullable(),
});
export type Approval = z.output<typeof Approval>;

export const RunAnswer = z.strictObject({
  run_id: id('run'),
  status: z.enum(['PENDING', 'PROCESSING', 'COMPLETED', 'APPROVED', 'FAILED']),
  feedback_iteration: z.int().min(0).max(5).nullable(),
  decision_card_id: id('card').nullable(),
});

export const AuditEntry = z.strictObject({
  id: id('log'),
  event_type: z.enum([
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
  ]),
  event_timestamp: Time,
  resource_type: z.enum(['ISSUE', 'DECISION_RUN', 'DECISION_CARD', 'RISK_FINDING', 'PERSON', 'SYSTEM']),
  resource_id: z.string(),
  actor_id: z.string().nullable(),
  actor_type: z.enum(['PERSON', 'SYSTEM', 'AGENT']),
  detail: z.record(z.string(), z.unknown()).nullable(),
  run_id: id('run').nullable(),
  issue_id: id('iss').nullable(),
  card_id: id('card').nullable(),
});
export type AuditEntry = z.output<typeof AuditEntry>;

export const Person = z.strictObject({
  id: z.string(),
  name: z.string().min(1).max(100),
  email: z.string().max(255).nullable(),
  role: z.enum(['ENGINEER', 'PM', 'FINANCE', 'AH']),
  team: z.string().nullable(),
  department: z.string().nullable(),
  expertise: z.string().nullable(),
  created_at: Time,
  updated_at: Time,
  level: z.enum(['STAFF', 'TEAM_LEAD', 'DIRECTOR', 'VP', 'CEO']),
  title: z.string(),
  org_path: z.string().startsWith('/'),
});

export const Metrics = z.strictObject({
  person_id: z.string(),
  name: z.string(),
  period_days: z.int(),
  issues_submitted: count,
  cards_owned: count,
  co_reviews: count,
  approved: count,
  conditionally_approved: count,
  rejected: count,
  decisions_total: count,
  approval_rate: share.nullable(),
  avg_decision_minutes: z.number().min(0).nullable(),
  open_cards: count,
  current_load: share,
  experiences_total: count,
});

export const RoutingWeights = z.strictObject({
  domain: z.string().nullable(),
  weights: z.array(
    z.strictObject({
      person_id: z.string(),
      score: share,
      breakdown: z.strictObject({ participation: share, domain: share, tree: share, load: share }),
      weight: share,
    }),
  ),
  unknown_ids: z.array(z.string()),
});

const GraphNode = z.strictObject({
  id: z.string(),
  type: z.enum(['Person', 'Team', 'Department', 'Domain']),
  name: z.string(),
  properties: z.record(z.string(), z.unknown()),
});
const GraphEdge = z.strictObject({
  source: z.string(),
  target: z.string(),
  type: z.enum(['WORKS_IN', 'PART_OF', 'OWNS', 'EXPERT_IN', 'project', 'risk', 'budget']),
  properties: z.record(z.string(), z.unknown()),
});
export const Graph = z.object({ nodes: z.array(GraphNode), edges: z.array(GraphEdge) });
export type Graph = z.output<typeof Graph>;
export const FullGraph = z.strictObject({
  ...Graph.shape,
  metadata: z.strictObject({
    total_nodes: count,
    total_edges: count,
    returned_nodes: count,
    returned_edges: count,
    node_type_counts: z.record(z.string(), count),
    edge_type_counts: z.record(z.string(), count),
    is_truncated: z.boolean(),
  }),
});
export const Subgraph = z.strictObject({
  ...Graph.shape,
  highlights: z.strictObject({
    owner_id: z.string().nullable(),
    co_reviewer_ids: z.array(z.string()),
    decision_set_ids: z.array(z.string()),
  }),
  badges: z.record(z.string(), z.array(z.string())),
});

export const MeetingKept = z.strictObject({ run_id: id('run'), utterance_count: count, notes_saved: z.boolean() });
export const Utterances = z.strictObject({
  run_id: id('run'),
  utterances: z.array(
    z.strictObject({
      seq: z.int().min(1),
      turn: z.int().min(1),
      speaker_id: z.string().nullable(),
      speaker_name: z.string().nullable(),
      speaker_role: z.string(),
      text: z.string().min(1),
      perspective: z.string().nullable(),
      source: z.enum(['generated', 'manual']),
      created_at: Time,
    }),
  ),
  total_count: count,
  notes: z.string().nullable(),
  summary: z.string().nullable(),
  total_turns: count,
});
