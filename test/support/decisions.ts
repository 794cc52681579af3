import * as z from 'zod';
import { post, read } from './api';
import { RawStream } from './raw-sse';

/** Decisions as clients have them (docs/contracts/decisions.md). */

/** Who the console says to be. */
export const USER = 'person-staff-720';
export const AS_USER = { 'X-User-ID': USER };

export const Submitted = z.object({ issue_id: z.string(), run_id: z.string(), status: z.literal('PENDING') });
export type Submitted = z.output<typeof Submitted>;

/** Starts the run of a new issue. */
export const submit = async (issue: object, headers: Readonly<Record<string, string>> = AS_USER): Promise<Submitted> =>
  read(await post('/api/issues/', issue, { headers }), 201, Submitted);

export interface Told {
  readonly id: number;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const FRAME = /id: ([1-9]\d*)\nevent: ([a-z_.]+)\ndata: (.*)\n\n/g;
const STREAM = /^retry: 3000\n\n((?:id: [1-9]\d*\nevent: [a-z_.]+\ndata: [^\r\n]*\n\n|: hb\n\n)*)$/;

/** By the letter of the wire format: nothing else may stand in a stream. @throws Error where something does */
export function eventsIn(text: string): Told[] {
  const frames = STREAM.exec(text)?.[1];
  if (frames === undefined) throw new Error(`Not in the wire format: ${text.slice(0, 500)}`);
  return [...frames.matchAll(FRAME)].map(([, id, event = '', json = '']) => ({
    id: Number(id),
    event,
    data: z.record(z.string(), z.unknown()).parse(JSON.parse(json)),
  }));
}

export const openRun = (runId: string, headers: Readonly<Record<string, string>> = AS_USER, query = ''): RawStream =>
  new RawStream(`/api/decisions/stream/${runId}${query}`, headers);

/** Everything that a follower is sent, to the end of the iteration. */
export const followRun = async (runId: string, headers = AS_USER, query = ''): Promise<Told[]> =>
  eventsIn(await openRun(runId, headers, query).text());

/** Names of events, each once where it repeats. */
export const rows = (events: readonly Pick<Told, 'event'>[]): string[] =>
  events.map(({ event }) => event).filter((event, at, all) => event !== all[at - 1]);

export const ROWS = [
  'initial_decision.started',
  'initial_decision.thinking',
  'initial_decision.completed',
  'safety_check.applied',
  'rule_applied',
  'graph_scope_activated',
  'graph_candidates',
  'vector_ranked',
  'reference_nodes_found',
  'meeting_ready',
  'risk_review.started',
  'risk_review.agent.message',
  'risk_review.completed',
  'owner_search.started',
  'owner_search.candidates',
  'owner_search.assigned',
  'decision_card',
  'decision_card.assigned',
];

export const dataOf = (events: readonly Told[], name: string): Told['data'] => {
  const found = events.findLast(({ event }) => event === name);
  if (!found) throw new Error(`There is no event ${name} among ${rows(events).join(', ')}`);
  return found.data;
};

/** The issues of docs/contracts/decisions.md#risk-review. */
export const ISSUES = {
  A: {
    title: 'Loyalty points on the new ledger',
    text: 'Move all point balances to the new ledger; refunds are recalculated.',
    tags: ['payments', 'data'],
    urgency: 'MID',
    cost_impact: 'LOW',
    impact_scope: 'COMPANY',
    budget_estimate: 12_000_000,
    timeline_days: 6,
    rollback_possible: true,
  },
  B: { text: '환불 화면 개편. 예산 420만원, 일정 하루. 롤백 가능', tags: ['payment'] },
  C: { text: 'Please check', tags: ['privacy', 'legal', 'security', 'growth'], urgency: 'MID' },
  D: { text: 'New button colour', tags: ['growth'], urgency: 'LOW' },
  E: {
    text: 'Switch over',
    tags: ['payments'],
    urgency: 'HIGH',
    impact_scope: 'EXTERNAL',
    budget_estimate: 90_000_000,
    timeline_days: 2,
    rollback_possible: false,
  },
} as const;
