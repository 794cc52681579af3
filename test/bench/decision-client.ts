import * as z from 'zod';
import { now, openStream } from './client';

/** A client of decisions that notes when each event came, and how long nothing did; milliseconds of this machine's clock. */

const USER = { 'X-User-ID': 'person-staff-720' };
const ISSUE = {
  title: 'Loyalty points on the new ledger',
  text: 'Move all point balances to the new ledger; refunds are recalculated.',
  tags: ['payments', 'data'],
  urgency: 'MID',
  impact_scope: 'COMPANY',
  budget_estimate: 12_000_000,
  timeline_days: 6,
  rollback_possible: true,
};
const PATIENCE_MS = 120_000;
const LAST = 'decision_card.assigned';
const Submitted = z.object({ issue_id: z.string(), run_id: z.string() });

export interface DecisionEvent {
  readonly id: number;
  readonly event: string;
  readonly at: number;
}

export interface FollowedDecision {
  readonly events: readonly DecisionEvent[];
  /** The longest time between two pieces of the stream, heartbeats included. */
  readonly largestGap: number;
}

export async function submitIssue(
  url: string,
): Promise<{ runId: string; issueId: string; sentAt: number; acceptedAt: number }> {
  const sentAt = now();
  const answer = await post(url, '/api/issues/', ISSUE);
  const { run_id: runId, issue_id: issueId } = Submitted.parse(await answer.json());
  return { runId, issueId, sentAt, acceptedAt: now() };
}

/** Follows a run to the end of its iteration. @throws Error where it has no card at its end, or ids have a gap */
export async function followDecision(url: string, runId: string): Promise<FollowedDecision> {
  const followed = await eventsOf(await openStream(`${url}/api/decisions/stream/${runId}`, USER));
  if (followed.events.at(-1)?.event !== LAST)
    throw new Error(`no clean end of ${runId}: ${JSON.stringify(followed.events.at(-1))}`);
  if (followed.events.some(({ id }, index) => id !== index + 1)) throw new Error(`ids of ${runId} have a gap`);
  return followed;
}

export interface WholeDecision extends FollowedDecision {
  readonly runId: string;
  readonly sentAt: number;
  readonly acceptedAt: number;
  readonly endAt: number;
}

/** Submits an issue and follows its run at once, as a console does. */
export async function decide(url: string): Promise<WholeDecision> {
  const { runId, sentAt, acceptedAt } = await submitIssue(url);
  const followed = await followDecision(url, runId);
  return { ...followed, runId, sentAt, acceptedAt, endAt: followed.events.at(-1)?.at ?? NaN };
}

/** Has a meeting of two people and five rounds generated, to its end. */
export async function generateMeeting(url: string, runId: string, issueId: string): Promise<void> {
  const person = (name: string) => ({ name, role: 'PM', persona_description: '' });
  const body = {
    issue_id: issueId,
    participants: [person('Ha Min'), person('Oh Nari')],
    meeting_config: { target_turns: 5 },
  };
  const { events } = await eventsOf(await post(url, `/api/virtual-meetings/generate/${runId}`, body));
  if (events.at(-1)?.event !== 'complete')
    throw new Error(`no clean end of a meeting: ${JSON.stringify(events.at(-1))}`);
}

async function post(url: string, path: string, body: object): Promise<Response> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...USER },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

async function eventsOf(answer: Response): Promise<FollowedDecision> {
  if (!answer.ok || !answer.body) throw new Error(`GET ${answer.url}: ${answer.status}`);
  const events: DecisionEvent[] = [];
  let [rest, largestGap, lastAt] = ['', 0, now()];
  const decoder = new TextDecoder();
  for await (const bytes of answer.body as unknown as AsyncIterable<Uint8Array>) {
    const at = now();
    largestGap = Math.max(largestGap, at - lastAt);
    lastAt = at;
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, id, event = ''] = /^(?:id: (\d+)\n)?event: ([\w.]+)\ndata: /.exec(block) ?? [];
      if (event !== '') events.push({ id: Number(id), event, at });
    }
  }
  return { events, largestGap };
}
