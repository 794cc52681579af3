import * as z from 'zod';
import { get, post, read, type Answer } from './api';
import { Approval, AuditEntry, Card, Issue, type Approval as Approved } from './decision-shapes';
import { AS_USER, dataOf, followRun, submit, USER, type Told } from './decisions';
import { waitFor } from './wait';

/** Decisions that are compiled, and what people do with them, by HTTP alone (docs/contracts/decisions.md). */

export type Headers = Readonly<Record<string, string>>;

export const as = (userId: string): Headers => ({ 'X-User-ID': userId });

/** An issue whose run has come to its end, and who has to do with its card. */
export interface Compiled {
  readonly issueId: string;
  readonly runId: string;
  readonly cardId: string;
  readonly submitter: string;
  readonly owner: string;
  readonly coReviewers: readonly string[];
  readonly events: readonly Told[];
}

export async function compile(issue: object, submitter = USER): Promise<Compiled> {
  const { issue_id, run_id } = await submit(issue, as(submitter));
  const events = await followRun(run_id);
  return { issueId: issue_id, runId: run_id, submitter, events, ...assignedBy(events) };
}

const Assigned = z.object({ card_id: z.string(), owner_id: z.string(), co_reviewer_ids: z.array(z.string()) });

export function assignedBy(events: readonly Told[]) {
  const { card_id, owner_id, co_reviewer_ids } = Assigned.parse(dataOf(events, 'decision_card.assigned'));
  return { cardId: card_id, owner: owner_id, coReviewers: co_reviewer_ids };
}

export const issueOf = async (id: string): Promise<Issue> =>
  read(await get(`/api/issues/${id}`, { headers: AS_USER }), 200, Issue);

export const cardOf = async (id: string): Promise<Card> =>
  read(await get(`/api/decisions/${id}`, { headers: AS_USER }), 200, Card);

export const timelineOf = async (runId: string): Promise<AuditEntry[]> =>
  read(await get(`/api/audit/runs/${runId}/timeline`, { headers: AS_USER }), 200, z.array(AuditEntry));

/** Something that people do to cards, in the words of the contract's table. */
export type ActName = 'approve' | 'conditional' | 'reject' | 'condition met' | 'withdraw';

const PATHS: Readonly<Record<ActName, string>> = {
  approve: 'approve',
  conditional: 'conditional-approve',
  reject: 'reject',
  'condition met': 'conditions/0/met',
  withdraw: 'withdraw',
};

export const CONDITIONS = ['Rehearsal signed off', 'Totals compared twice'];

/** A body that is right for each. */
export const bodyOf = (act: ActName, userId: string): object =>
  ({
    approve: { approver_id: userId },
    conditional: { approver_id: userId, conditions: CONDITIONS },
    reject: { approver_id: userId, reason: 'Too late' },
    'condition met': { condition_index: 0, evidence: 'report 18' },
    withdraw: { requester_id: userId, reason: 'Superseded by another plan' },
  })[act];

interface Acting {
  /** In place of what is right. */
  readonly body?: object;
  readonly headers?: Headers;
}

export const tryTo = (act: ActName, cardId: string, userId: string, { body, headers }: Acting = {}): Promise<Answer> =>
  post(`/api/decisions/${cardId}/${PATHS[act]}`, body ?? bodyOf(act, userId), {
    headers: { ...as(userId), ...headers },
  });

/** Does it, or throws. */
export const perform = async (act: ActName, cardId: string, userId: string, acting?: Acting): Promise<Approved> =>
  read(await tryTo(act, cardId, userId, acting), 200, Approval);

export const meet = (cardId: string, index: number, userId: string, more: object = {}): Promise<Answer> =>
  post(
    `/api/decisions/${cardId}/conditions/${index}/met`,
    { condition_index: index, ...more },
    { headers: as(userId) },
  );

/** The card of a run that needs nobody's acknowledgement, once the system has approved it. */
export const approvedBySystem = (cardId: string): Promise<Card> =>
  waitFor('the system to approve', async () => {
    const card = await cardOf(cardId);
    return card.approval_status === 'APPROVED' ? card : undefined;
  });

export const issueIs = (id: string, status: Issue['status']): Promise<Issue> =>
  waitFor(`the issue to be ${status}`, async () => {
    const issue = await issueOf(id);
    return issue.status === status ? issue : undefined;
  });
