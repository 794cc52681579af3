/** The operations of docs/contracts/decisions.md#endpoints, with bodies that are right where one is needed. */

export interface Operation {
  readonly method: 'GET' | 'POST';
  /** As the contract has it. */
  readonly path: string;
  readonly body?: object;
}

const participants = ['Ha Min', 'Oh Nari'].map((name) => ({ name, role: 'PM', persona_description: 'cautious' }));

export const OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/api/issues/', body: { text: 'New button colour', tags: ['growth'] } },
  { method: 'GET', path: '/api/issues/' },
  { method: 'GET', path: '/api/issues/{issue_id}' },
  { method: 'GET', path: '/api/decisions/stream/{run_id}' },
  { method: 'GET', path: '/api/decisions/{card_id}' },
  { method: 'POST', path: '/api/decisions/{card_id}/approve', body: { approver_id: 'x' } },
  {
    method: 'POST',
    path: '/api/decisions/{card_id}/conditional-approve',
    body: { approver_id: 'x', conditions: ['Only so'] },
  },
  { method: 'POST', path: '/api/decisions/{card_id}/reject', body: { approver_id: 'x', reason: 'Too late' } },
  { method: 'POST', path: '/api/decisions/{card_id}/conditions/{index}/met', body: { condition_index: 0 } },
  { method: 'POST', path: '/api/decisions/{card_id}/withdraw', body: { requester_id: 'x', reason: 'Superseded' } },
  { method: 'POST', path: '/api/decisions/runs/{run_id}/approve', body: { comment: 'Fine' } },
  { method: 'POST', path: '/api/decisions/runs/{run_id}/feedback', body: { feedback: 'Once more' } },
  { method: 'GET', path: '/api/audit/logs' },
  { method: 'GET', path: '/api/audit/runs/{run_id}/timeline' },
  { method: 'GET', path: '/api/audit/persons/{person_id}/metrics' },
  { method: 'POST', path: '/api/audit/routing-weights', body: { candidate_ids: ['person-lead-1'] } },
  { method: 'GET', path: '/api/persons/' },
  { method: 'GET', path: '/api/persons/me' },
  { method: 'GET', path: '/api/graphs/full' },
  { method: 'GET', path: '/api/graphs/{run_id}/subgraph' },
  { method: 'POST', path: '/api/meetings/{run_id}', body: { utterances: [] } },
  { method: 'POST', path: '/api/virtual-meetings/generate/{run_id}', body: { issue_id: 'x', participants } },
  { method: 'GET', path: '/api/virtual-meetings/utterances/{run_id}' },
];

/** A path with ids in place of their names. */
export const pathWith = (path: string, ids: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'x');
