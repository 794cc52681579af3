import * as z from 'zod';
import { WELL_FORMED } from '../engine/contract';
import { DECISION_LIMITS } from './limits';
import {
  ACTIONS,
  Approval,
  ApprovalStatus,
  AuditEntry,
  EMBEDDERS,
  IMPACTS,
  PATHS,
  PROVIDERS,
  SCOPES,
  TIERS,
} from './model';

/** Shapes of the decisions API (docs/contracts/decisions.md#resources). */

/** Text of so many code points. */
export const text = (most: number, least = 0) =>
  z
    .string()
    .refine(...WELL_FORMED)
    // Code units are at least as many: most texts need no counting.
    .refine((value) => value.length <= most || Array.from(value).length <= most, {
      error: `must have at most ${most} characters`,
    })
    .refine((value) => value.length >= least, { error: 'must not be empty' })
    .meta({ description: least > 0 ? `${least} to ${most} characters.` : `At most ${most} characters.` });

export const optional = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? null);
export const Time = z.iso.datetime({ precision: 3 });
const Won = z.int().min(0);
const Days = z.int().min(1);

export const IssueRequest = z
  .object({
    text: text(DECISION_LIMITS.text, 1),
    title: optional(text(DECISION_LIMITS.title)),
    tags: z.array(text(DECISION_LIMITS.tags.chars)).max(DECISION_LIMITS.tags.entries).default([]),
    urgency: optional(text(DECISION_LIMITS.urgency)),
    cost_impact: optional(z.enum(IMPACTS)),
    impact_scope: optional(z.enum(SCOPES)),
    budget_estimate: optional(Won).meta({ description: 'Whole Korean won.' }),
    timeline_days: optional(Days),
    rollback_possible: optional(z.boolean()),
  })
  .meta({ id: 'IssueRequest' });
export type IssueRequest = z.output<typeof IssueRequest>;

export const IssueCreated = z
  .object({ issue_id: z.string(), run_id: z.string(), status: z.literal('PENDING') })
  .meta({ id: 'IssueCreated' });

export const Issue = z
  .object({
    id: z.string(),
    text: z.string(),
    title: z.string().nullable(),
    tags: z.array(z.string()),
    urgency: z.string().nullable(),
    cost_impact: z.enum(IMPACTS).nullable(),
    impact_scope: z.enum(SCOPES).nullable(),
    budget_estimate: Won.nullable(),
    timeline_days: Days.nullable(),
    rollback_possible: z.boolean().nullable(),
    submitter_id: z.string().nullable(),
    status: z.enum(['PENDING', 'PROCESSING', 'DECIDED', 'EXECUTED', 'CANCELLED']),
    risk_tier: z.enum(TIERS).nullable(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'Issue' });
export type Issue = z.output<typeof Issue>;

const CardCondition = z.object({
  text: z.string(),
  met: z.boolean(),
  met_by: z.string().nullable(),
  met_at: Time.nullable(),
  evidence: z.string().nullable(),
});

export const DecisionCard = z
  .object({
    id: z.string(),
    run_id: z.string(),
    action: z.enum(ACTIONS),
    execution_path: z.enum(PATHS),
    risk_tier: z.enum(TIERS),
    summary: z.string(),
    reasoning: z.string().nullable(),
    budget_estimate: z.number().nullable(),
    timeline_days: z.number().nullable(),
    rollback_conditions: z.string().nullable(),
    next_steps: z.array(z.string()).nullable(),
    owner_id: z.string().nullable(),
    owner_name: z.string().nullable(),
    co_reviewer_ids: z.array(z.string()).nullable(),
    approval_status: ApprovalStatus,
    approved_at: Time.nullable(),
    approved_by: z.string().nullable(),
    approval_comment: z.string().nullable(),
    rejection_reason: z.string().nullable(),
    approval_conditions: z.array(z.string()).nullable(),
    conditions_met: z.boolean().nullable(),
    risk_findings_count: z.int(),
    overall_risk_score: z.number().nullable(),
    assignment_reason: z.string().nullable(),
    created_at: Time,
    updated_at: Time,
    version: z.int().min(1),
    conditions: z.array(CardCondition),
  })
  .meta({ id: 'DecisionCard' });
export type DecisionCard = z.output<typeof DecisionCard>;

export const ActorId = text(DECISION_LIMITS.userIdChars, 1);
const Comment = optional(text(DECISION_LIMITS.comment));
const Reason = text(DECISION_LIMITS.comment, 1);
const { conditions, utterances } = DECISION_LIMITS;

export const ApproveRequest = z.object({ approver_id: ActorId, comment: Comment }).meta({ id: 'CardApprove' });
export const ConditionalApproveRequest = z
  .object({
    approver_id: ActorId,
    conditions: z.array(text(conditions.chars, 1)).min(1).max(conditions.entries),
    comment: Comment,
  })
  .meta({ id: 'CardConditionalApprove' });
export const RejectRequest = z
  .object({ approver_id: ActorId, reason: Reason, comment: Comment })
  .meta({ id: 'CardReject' });
export const ConditionMetRequest = z
  .object({ condition_index: z.int().min(0), evidence: optional(text(conditions.evidence)) })
  .meta({ id: 'CardConditionMet' });
export const WithdrawRequest = z.object({ requester_id: ActorId, reason: Reason }).meta({ id: 'CardWithdraw' });
export const CardApproval = Approval.meta({ id: 'CardApproval' });

export const RunApproveRequest = z.object({ comment: Comment }).meta({ id: 'RunApprove' });
export const FeedbackRequest = z
  .object({ feedback: text(DECISION_LIMITS.feedback.chars, 1) })
  .meta({ id: 'RunFeedback' });
export const RunAnswer = z
  .object({
    run_id: z.string(),
    status: z.enum(['PENDING', 'PROCESSING', 'COMPLETED', 'APPROVED', 'FAILED']),
    feedback_iteration: z.int(),
    decision_card_id: z.string().nullable(),
  })
  .meta({ id: 'DecisionRun' });

export const AuditLogEntry = AuditEntry.extend({ event_timestamp: Time }).meta({ id: 'AuditLog' });

export const MeetingRequest = z
  .object({
    notes: optional(text(DECISION_LIMITS.notes)),
    utterances: z
      .array(
        z.object({
          turn: z.int().min(1),
          speaker_role: text(utterances.role),
          text: text(utterances.chars, 1),
          perspective: optional(text(utterances.perspective)),
          speaker_id: optional(text(DECISION_LIMITS.userIdChars)),
          speaker_name: optional(text(utterances.name)),
        }),
      )
      .max(utterances.atOnce)
      .default([]),
    replace_existing: z.boolean().default(false),
  })
  .meta({ id: 'MeetingRequest' });
export const MeetingKept = z
  .object({ run_id: z.string(), utterance_count: z.int(), notes_saved: z.boolean() })
  .meta({ id: 'MeetingKept' });
export const Utterances = z
  .object({
    run_id: z.string(),
    utterances: z.array(
      z.object({
        seq: z.int(),
        turn: z.int(),
        speaker_id: z.string().nullable(),
        speaker_name: z.string().nullable(),
        speaker_role: z.string(),
        text: z.string(),
        perspective: z.string().nullable(),
        source: z.enum(['generated', 'manual']),
        created_at: Time,
      }),
    ),
    total_count: z.int(),
    notes: z.string().nullable(),
    summary: z.string().nullable(),
    total_turns: z.int(),
  })
  .meta({ id: 'Utterances' });

/** Who judges and what compares, as the stage is configured. */
export const Judges = z.object({ provider: z.enum(PROVIDERS), embedder: z.enum(EMBEDDERS) });
export type Judges = z.output<typeof Judges>;
