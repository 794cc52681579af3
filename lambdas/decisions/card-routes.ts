import * as z from 'zod';
import type { RouteTable } from '../platform/http/route';
import {
  ApproveRequest,
  CardApproval,
  ConditionalApproveRequest,
  ConditionMetRequest,
  DecisionCard,
  FeedbackRequest,
  Issue,
  IssueCreated,
  IssueRequest,
  RejectRequest,
  RunAnswer,
  RunApproveRequest,
  WithdrawRequest,
} from './contract';
import { DECISION_LIMITS } from './limits';
import { clampedInteger, queryBoolean } from './queries';
import { asked, byRun, filter, MAX_OFFSET, replayed, sent, user } from './route-parts';

const { listed } = DECISION_LIMITS;
const versioned = {
  ...user,
  'If-Match': {
    description: 'The version that is known, as ETag told it: with another one nothing is done.',
    example: '"1"',
  },
} as const;
const acting = [
  ...sent,
  'ACTOR_MISMATCH',
  'NOT_AN_APPROVER',
  'CARD_NOT_FOUND',
  'CARD_STATE_CONFLICT',
  'RUN_STATE_CONFLICT',
  'VERSION_MISMATCH',
] as const;
const approval = { status: 200, body: CardApproval, headers: replayed } as const;
const answer = { status: 200, body: RunAnswer, headers: replayed } as const;
const byIssue = z.object({ issue_id: z.string() });
const byCard = z.object({ card_id: z.string() });

/** Issues, the cards that they are compiled into, and what people do with them. */
export const cardRoutes = {
  createIssue: {
    method: 'POST',
    path: '/api/issues',
    summary: 'Submit an issue that needs a decision, and have it judged',
    scope: 'run',
    requestHeaders: user,
    body: { schema: IssueRequest, idempotent: true },
    success: { status: 201, body: IssueCreated, headers: replayed },
    errors: sent,
  },
  listIssues: {
    method: 'GET',
    path: '/api/issues',
    summary: 'List issues, newest first',
    scope: 'read',
    requestHeaders: user,
    query: z.object({
      skip: clampedInteger(0, MAX_OFFSET, 0),
      limit: clampedInteger(1, listed.max, listed.default),
      status: filter,
      my_issues: queryBoolean(false),
    }),
    success: { status: 200, body: z.array(Issue) },
    errors: asked,
  },
  getIssue: {
    method: 'GET',
    path: '/api/issues/{issue_id}',
    summary: 'Read an issue',
    scope: 'read',
    requestHeaders: user,
    params: byIssue,
    success: { status: 200, body: Issue },
    errors: [...asked, 'ISSUE_NOT_FOUND'],
  },
  getCard: {
    method: 'GET',
    path: '/api/decisions/{card_id}',
    summary: 'Read a decision card; ETag is its version',
    scope: 'read',
    requestHeaders: user,
    params: byCard,
    success: { status: 200, body: DecisionCard, headers: ['ETag'] },
    errors: [...asked, 'CARD_NOT_FOUND'],
  },
  approveCard: {
    method: 'POST',
    path: '/api/decisions/{card_id}/approve',
    summary: 'Approve a card; If-Match may name the version that is known',
    scope: 'write',
    requestHeaders: versioned,
    params: byCard,
    body: { schema: ApproveRequest, idempotent: true },
    success: approval,
    errors: acting,
  },
  approveCardConditionally: {
    method: 'POST',
    path: '/api/decisions/{card_id}/conditional-approve',
    summary: 'Approve a card under conditions; If-Match may name the version that is known',
    scope: 'write',
    requestHeaders: versioned,
    params: byCard,
    body: { schema: ConditionalApproveRequest, idempotent: true },
    success: approval,
    errors: acting,
  },
  rejectCard: {
    method: 'POST',
    path: '/api/decisions/{card_id}/reject',
    summary: 'Reject a card; If-Match may name the version that is known',
    scope: 'write',
    requestHeaders: versioned,
    params: byCard,
    body: { schema: RejectRequest, idempotent: true },
    success: approval,
    errors: acting,
  },
  meetCondition: {
    method: 'POST',
    path: '/api/decisions/{card_id}/conditions/{index}/met',
    summary: 'Mark a condition of a card as met; the last one approves the card',
    scope: 'write',
    requestHeaders: versioned,
    params: z.object({ card_id: z.string(), index: z.string() }),
    body: { schema: ConditionMetRequest, idempotent: true },
    success: approval,
    errors: [...acting, 'CONDITION_NOT_FOUND'],
  },
  withdrawCard: {
    method: 'POST',
    path: '/api/decisions/{card_id}/withdraw',
    summary: 'Withdraw a card; If-Match may name the version that is known',
    scope: 'write',
    requestHeaders: versioned,
    params: byCard,
    body: { schema: WithdrawRequest, idempotent: true },
    success: approval,
    errors: acting,
  },
  approveRun: {
    method: 'POST',
    path: '/api/decisions/runs/{run_id}/approve',
    summary: 'Acknowledge what came of a run, as who submitted the issue',
    scope: 'write',
    requestHeaders: user,
    params: byRun,
    body: {
      schema: RunApproveRequest.optional(),
      required: false,
      idempotent: true,
      example: { comment: 'Fine for me' },
    },
    success: answer,
    errors: [...sent, 'NOT_THE_SUBMITTER', 'RUN_NOT_FOUND', 'RUN_STATE_CONFLICT'],
  },
  giveFeedback: {
    method: 'POST',
    path: '/api/decisions/runs/{run_id}/feedback',
    summary: 'Send a run through another iteration, with what there is to say to the last one',
    scope: 'run',
    requestHeaders: user,
    params: byRun,
    body: { schema: FeedbackRequest, idempotent: true },
    success: answer,
    errors: [
      ...sent,
      'NOT_THE_SUBMITTER',
      'RUN_NOT_FOUND',
      'CARD_STATE_CONFLICT',
      'RUN_STATE_CONFLICT',
      'FEEDBACK_LIMIT',
    ],
  },
} as const satisfies RouteTable;
