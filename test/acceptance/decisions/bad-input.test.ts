import { get, post, refusal, refusalWithDetail, send, type Answer } from '../../support/api';
import { as, cardOf, compile, issueOf, perform, type Compiled } from '../../support/decided';
import { OPERATIONS, pathWith, type Operation } from '../../support/decision-operations';
import { AS_USER, ISSUES, USER } from '../../support/decisions';

/** docs/contracts/decisions.md#bad-input, row by row. */

let compiled: Compiled;
let ids: Readonly<Record<string, string>>;
beforeAll(async () => {
  compiled = await compile(ISSUES.B);
  ids = {
    ...{ issue_id: compiled.issueId, run_id: compiled.runId, card_id: compiled.cardId },
    ...{ index: '0', person_id: 'person-lead-1' },
  };
});

const title = ({ method, path }: Operation) => `${method} ${path}`;
const ALL = OPERATIONS.map((operation) => [title(operation), operation] as const);
const POSTS = ALL.filter(([, { method }]) => method === 'POST');
const path = (operation: Operation) => pathWith(operation.path, ids);
const request = (operation: Operation, headers: Readonly<Record<string, string>>): Promise<Answer> =>
  send(operation.method, path(operation), { headers, ...(operation.body && { json: operation.body }) });

describe('who asks', () => {
  test.each(ALL)('has to be said: %s', async (_, operation) => {
    refusalWithDetail(await request(operation, {}), 401, 'USER_ID_REQUIRED');
    refusalWithDetail(await request(operation, as(' ')), 401, 'USER_ID_REQUIRED');
    refusalWithDetail(await request(operation, as('x'.repeat(129))), 400, 'VALIDATION_ERROR');
    refusalWithDetail(await request(operation, as('a\tb')), 400, 'VALIDATION_ERROR');
  });

  test('is said by the query nowhere but on the stream', async () => {
    for (const where of ['/api/issues/', `/api/decisions/${compiled.cardId}`, '/api/persons/me'])
      refusalWithDetail(await get(`${where}?user_id=${USER}`), 401, 'USER_ID_REQUIRED');
  });

  test('may have 128 characters', async () => {
    expect((await get('/api/issues/?limit=1', { headers: as('x'.repeat(128)) })).status).toBe(200);
  });

  test.each(['/', '/health', '/docs', '/redoc', '/openapi.json'])('is not asked by %s', async (open) => {
    expect((await get(open)).status).toBe(200);
  });
});

describe('a body', () => {
  test.each(POSTS)('is a JSON object: %s', async (_, operation) => {
    for (const raw of ['{', '[]', '"x"', '1', 'null', '{"a":1', '\u00ff\u00fe'])
      refusalWithDetail(await send('POST', path(operation), { headers: AS_USER, raw }), 400, 'INVALID_JSON');
  });

  test.each(POSTS)('has at most 6 MB: %s', async (_, operation) => {
    const raw = JSON.stringify({ ...operation.body, filler: 'x'.repeat(6 * 1024 * 1024) });
    const answer = await send('POST', path(operation), { headers: AS_USER, raw });
    // What is too large for a stream function never reaches it: those in front of it say so, without a detail.
    if (operation.path.startsWith('/api/virtual-meetings/')) refusal(answer, 413, 'PAYLOAD_TOO_LARGE');
    else refusalWithDetail(answer, 413, 'PAYLOAD_TOO_LARGE');
  });

  test('may have fields that nobody knows', async () => {
    const { cardId, owner } = await compile({ ...ISSUES.B, colour: 'red', nested: { a: [1] } });
    await perform('approve', cardId, owner, { body: { approver_id: owner, mood: 'good', conditions: 7 } });
    expect((await cardOf(cardId)).approval_status).toBe('APPROVED');
  });

  test('of an approval of a run may be missing', async () => {
    const { runId } = await compile(ISSUES.D);
    const answer = await send('POST', `/api/decisions/runs/${runId}/approve`, { headers: AS_USER });
    expect(answer.status).toBe(200);
  });
});

const acting = (act: string) => `/api/decisions/{card_id}/${act}`;
const LONG = 'x'.repeat(2_001);
const MEETING = '/api/virtual-meetings/generate/{run_id}';
const persona = { name: 'Ha Min', role: 'PM', persona_description: 'cautious' };
const meeting = (...participants: object[]) => ({ issue_id: 'x', participants });

test.each<[string, string, object]>([
  ['/api/issues/', 'text', {}],
  [acting('approve'), 'approver_id', {}],
  [acting('approve'), 'approver_id', { approver_id: null }],
  [acting('approve'), 'comment', { approver_id: USER, comment: LONG }],
  [acting('conditional-approve'), 'conditions', { approver_id: USER }],
  [acting('conditional-approve'), 'conditions', { approver_id: USER, conditions: [] }],
  [acting('conditional-approve'), 'conditions', { approver_id: USER, conditions: Array<string>(21).fill('x') }],
  [acting('conditional-approve'), 'conditions[1]', { approver_id: USER, conditions: ['x', ''] }],
  [acting('conditional-approve'), 'conditions[0]', { approver_id: USER, conditions: ['x'.repeat(1_001)] }],
  [acting('reject'), 'reason', { approver_id: USER }],
  [acting('reject'), 'reason', { approver_id: USER, reason: '' }],
  [acting('reject'), 'reason', { approver_id: USER, reason: LONG }],
  [acting('reject'), 'comment', { approver_id: USER, reason: 'x', comment: 1 }],
  [acting('withdraw'), 'requester_id', { reason: 'x' }],
  [acting('withdraw'), 'reason', { requester_id: USER, reason: '' }],
  [acting('conditions/{index}/met'), 'condition_index', {}],
  [acting('conditions/{index}/met'), 'condition_index', { condition_index: -1 }],
  [acting('conditions/{index}/met'), 'condition_index', { condition_index: '0' }],
  [acting('conditions/{index}/met'), 'evidence', { condition_index: 0, evidence: 'x'.repeat(1_001) }],
  ['/api/audit/routing-weights', 'candidate_ids', {}],
  ['/api/audit/routing-weights', 'domain', { candidate_ids: ['x'], domain: 1 }],
  [MEETING, 'participants', meeting(persona)],
  [MEETING, 'participants', meeting(...Array<object>(7).fill(persona))],
  [MEETING, 'participants[0].name', meeting({ ...persona, name: 'x'.repeat(101) }, persona)],
  [MEETING, 'participants[1].role', meeting(persona, { ...persona, role: 'x'.repeat(51) })],
  [MEETING, 'participants[0].persona_description', meeting({ ...persona, persona_description: null }, persona)],
  [MEETING, 'meeting_config.target_turns', { ...meeting(persona, persona), meeting_config: { target_turns: 4 } }],
])('POST %s names the field %s that is wrong', async (where, field, body) => {
  const answer = await post(pathWith(where, ids), body, { headers: AS_USER });
  const { details, message } = refusalWithDetail(answer, 400, 'VALIDATION_ERROR');
  expect(details).toMatchObject({ field });
  expect(message).toContain(field);
});

test('the worked example of a refusal is answered as it stands in the contract', async () => {
  const answer = await post(pathWith(MEETING, ids), meeting(persona), { headers: AS_USER });
  const { message, details } = refusalWithDetail(answer, 400, 'VALIDATION_ERROR');
  expect({ message, details }).toEqual({
    message: 'participants: at least 2 items',
    details: { field: 'participants' },
  });
});

test('an act may go to its bounds, and the card holds all of it', async () => {
  const { cardId, owner } = await compile(ISSUES.B);
  const conditions = Array.from({ length: 20 }, () => '🙂'.repeat(1_000));
  const comment = '🙂'.repeat(2_000);
  await perform('conditional', cardId, owner, { body: { approver_id: owner, conditions, comment } });
  for (const index of conditions.keys()) {
    const body = { condition_index: index, evidence: '말'.repeat(1_000) };
    const answer = await post(`/api/decisions/${cardId}/conditions/${index}/met`, body, { headers: as(owner) });
    expect(answer.status).toBe(200);
  }
  const card = await cardOf(cardId);
  expect(card).toMatchObject({ approval_status: 'APPROVED', approval_comment: comment });
  expect(card.conditions.map(({ evidence }) => evidence?.length)).toEqual(conditions.map(() => 1_000));
});

describe('an address', () => {
  test.each([
    '/api/issues/x/y',
    '/api/decisions',
    '/api/decisions/runs/x',
    '/api/decisions/runs/x/reject',
    '/api/decisions/x/y',
    '/api/decisions/x/conditions/0',
    '/api/graphs',
    '/api/graphs/full/x',
    '/api/persons/person-staff-1',
    '/api/meetings',
    '/api/audit/logs/x',
    '/api/audit/runs/x',
  ])('that is not served is not found: %s', async (unknown) => {
    refusalWithDetail(await get(unknown, { headers: AS_USER }), 404, 'ROUTE_NOT_FOUND');
    refusalWithDetail(await post(unknown, {}, { headers: AS_USER }), 404, 'ROUTE_NOT_FOUND');
  });

  test.each(ALL)('is refused any other method, and says which it takes: %s', async (_, operation) => {
    const methods = OPERATIONS.filter((other) => other.path === operation.path).map(({ method }) => method);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      if (methods.some((served) => served === method)) continue;
      const answer = await send(method, path(operation), {
        headers: AS_USER,
        ...(method !== 'GET' && { json: operation.body ?? {} }),
      });
      refusalWithDetail(answer, 405, 'METHOD_NOT_ALLOWED');
      const allowed = (answer.headers.get('allow') ?? '').split(/\s*,\s*/);
      expect(allowed).toEqual(expect.arrayContaining(methods));
      expect(allowed).not.toContain(method);
    }
  });
});

describe('what nobody knows is not found', () => {
  const unknown = (prefix: string) => `${prefix}_00000000000000000000000000`;
  const UNKNOWN = { issue_id: unknown('iss'), run_id: unknown('run'), card_id: unknown('card'), person_id: 'user-123' };
  const codes: Readonly<Record<string, string>> = {
    ...{
      issue_id: 'ISSUE_NOT_FOUND',
      run_id: 'RUN_NOT_FOUND',
      card_id: 'CARD_NOT_FOUND',
      person_id: 'PERSON_NOT_FOUND',
    },
  };
  test.each(ALL.filter(([, { path: named }]) => /\{(issue|run|card|person)_id\}/.test(named)))(
    '%s',
    async (_, operation) => {
      const [, name = ''] = /\{((?:issue|run|card|person)_id)\}/.exec(operation.path) ?? [];
      const answer = await send(operation.method, pathWith(operation.path, { ...UNKNOWN, index: '0' }), {
        headers: as('x'),
        ...(operation.body && { json: operation.body }),
      });
      refusalWithDetail(answer, 404, codes[name] ?? '');
    },
  );
});

test('all that was refused has changed nothing', async () => {
  expect((await issueOf(compiled.issueId)).status).toBe('PROCESSING');
  expect(await cardOf(compiled.cardId)).toMatchObject({ approval_status: 'PENDING', version: 1 });
});
