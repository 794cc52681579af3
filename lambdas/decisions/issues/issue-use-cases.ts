import { iso } from '../../platform/time/clock';
import type { CallContext, UseCases } from '../../platform/http/endpoint';
import { fittingReply } from '../../platform/http/reply-bytes';
import type { Issue, IssueRequest } from '../contract';
import { idOf } from '../keys';
import { RUN_SILENCE_MS } from '../limits';
import type { IssueRecord, RunRecord } from '../model';
import { missing, placeOf } from '../place';
import type { Ports } from '../ports';
import type { decisionsRoutes } from '../routes';
import { lastWordsAt } from '../runs/lost-run';
import { ofIssue, person } from '../store/entries';
import { userOf } from '../user';

type Cases = UseCases<typeof decisionsRoutes>;

const PREFIX = 'new';

/** What ids of a new decision have in common: 48 bits of time, then 80 random ones. */
const newBase = ({ ids }: Ports, now: number): string => ids.next(PREFIX, now).slice(PREFIX.length + 1);

/**
 * Keeps an issue and has its run begun. It is answered when it is stored: a start that gets lost is made good by who opens
 * the stream of the run, and by the sweep.
 */
export const createIssue =
  (ports: Ports): Cases['createIssue'] =>
  async ({ body }, context) => {
    const now = ports.clock.now();
    const base = newBase(ports, now);
    const userId = userOf(context.headers);
    const records = newRecords(base, body, { userId, context, now }, ports);
    await ports.store.create(
      {
        base,
        ...records,
        deadline: { idleMs: RUN_SILENCE_MS, lastWords: lastWordsAt('initial_decision') },
        entries: [ofIssue('ISSUE_CREATED', base, person(userId), { tags: body.tags })],
      },
      [ports.people.activityAdded(records.issue.workspace, userId, { kind: 'SUBMITTED', base, at: now })],
    );
    await ports.start({ workspace: records.issue.workspace, base });
    return { body: { issue_id: records.issue.id, run_id: records.run.id, status: 'PENDING' } };
  };

interface Submission {
  readonly userId: string;
  readonly context: CallContext;
  readonly now: number;
}

function newRecords(
  base: string,
  sent: IssueRequest,
  { userId, context, now }: Submission,
  { judges }: Ports,
): { issue: IssueRecord; run: RunRecord } {
  const shared = {
    workspace: context.principal.workspace,
    submitterId: userId,
    status: 'PENDING' as const,
    createdAt: now,
    updatedAt: now,
  };
  const issue: IssueRecord = { ...sent, ...shared, id: idOf('issue', base), riskTier: null };
  const run: RunRecord = {
    ...shared,
    ...judges,
    id: idOf('run', base),
    issueId: issue.id,
    feedbackIteration: 0,
    feedback: [],
    firstSeq: 1,
    cardId: null,
    attempt: 0,
  };
  return { issue, run };
}

/** As many as one answer can carry: texts may be long. */
export const listIssues =
  ({ issues }: Ports): Cases['listIssues'] =>
  async ({ query: { skip, limit, status, my_issues } }, { principal, headers }) => {
    const submitterId = my_issues ? userOf(headers) : undefined;
    const found = await issues.list(principal.workspace, { status, submitterId, skip, limit });
    return { body: fittingReply(found.map(toIssue)) };
  };

export const getIssue =
  ({ store }: Ports): Cases['getIssue'] =>
  async ({ params: { issue_id } }, context) => {
    const issue = await store.issue(placeOf('issue', issue_id, context));
    if (!issue) throw missing('issue');
    return { body: toIssue(issue) };
  };

function toIssue(issue: IssueRecord): Issue {
  const { id, text, title, tags, urgency, status } = issue;
  const { cost_impact, impact_scope, budget_estimate, timeline_days, rollback_possible } = issue;
  return {
    ...{ id, text, title, tags, urgency, cost_impact, impact_scope, budget_estimate, timeline_days, rollback_possible },
    submitter_id: issue.submitterId,
    status,
    risk_tier: issue.riskTier,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
  };
}
