import { get, refusalWithDetail, send } from '../../support/api';
import { AS_USER, dataOf, eventsIn, followRun, ISSUES, openRun, ROWS, rows, submit } from '../../support/decisions';
import { waitFor } from '../../support/wait';

/** See docs/contracts/decisions.md#events. */

const NOBODYS = 'run_00000000000000000000000000';

test.each([
  ['A', 'MID', 'HIGH', 'HARD_GATE', 4, 3.5, 'TEAM_LEAD', 'APPROVE', true],
  ['B', 'LOW', 'MID', 'SOFT_GATE', 4, 2.9, 'TEAM_LEAD', 'APPROVE', true],
  ['C', 'LOW', 'HIGH', 'HARD_GATE', 4, 4, 'DIRECTOR', 'DEFER', true],
  ['D', 'LOW', 'LOW', 'AUTO_APPROVE', 0, 0, 'STAFF', 'APPROVE', false],
  ['E', 'HIGH', 'HIGH', 'HARD_GATE', 7, 4.5, 'VP', 'REJECT', true],
] as const)(
  'issue %s is followed through all 18 rows, with its check values',
  async (name, initial, tier, path, findings, score, level, action, ack) => {
    const { issue_id, run_id } = await submit(ISSUES[name]);
    const events = await followRun(run_id);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(rows(events)).toEqual(ROWS);
    expect(dataOf(events, 'initial_decision.started')).toMatchObject({ issue_id, provider: 'rules' });
    expect(dataOf(events, 'initial_decision.completed')).toMatchObject({ risk_tier: initial });
    expect(dataOf(events, 'safety_check.applied')).toMatchObject({
      original_risk_tier: initial,
      final_risk_tier: tier,
      final_execution_path: path,
    });
    expect(dataOf(events, 'risk_review.completed')).toEqual({
      overall_risk_score: score,
      required_owner_level: level,
      total_findings: findings,
      human_ack_required: ack,
    });
    expect(dataOf(events, 'decision_card')).toMatchObject({ action, risk_tier: tier, execution_path: path });
    const { card_id, ...assigned } = dataOf(events, 'decision_card.assigned');
    expect(assigned).toMatchObject({ approval_status: 'PENDING' });
    const card: unknown = JSON.parse((await get(`/api/decisions/${String(card_id)}`, { headers: AS_USER })).text);
    expect(card).toMatchObject({ id: card_id, run_id, action, owner_id: assigned['owner_id'] });
  },
);

describe('a run that was followed to its end', () => {
  let runId = '';
  let last = 0;
  beforeAll(async () => {
    ({ run_id: runId } = await submit(ISSUES.A));
    last = (await followRun(runId)).length;
  });

  test('is replayed to whoever comes later, from where they have come to', async () => {
    const whole = await openRun(runId).text();
    expect(eventsIn(whole)).toHaveLength(last);
    expect(await openRun(`${runId}/`).text()).toBe(whole);
    for (const odd of ['-1', 'x', '1.5', String(last + 1), ''])
      expect(await openRun(runId, { ...AS_USER, 'Last-Event-ID': odd }).text()).toBe(whole);
    const ids = async (headers: Readonly<Record<string, string>>, query = '') =>
      eventsIn(await openRun(runId, { ...AS_USER, ...headers }, query).text()).map(({ id }) => id);
    expect(await ids({ 'Last-Event-ID': String(last - 2) })).toEqual([last - 1, last]);
    expect(await ids({}, `?last_event_id=${last - 1}`)).toEqual([last]);
    expect(await ids({ 'Last-Event-ID': String(last - 1) }, '?last_event_id=1')).toEqual([last]);
  });

  test('has nothing left for who has seen all of it: 204, which stops an EventSource', async () => {
    const stream = openRun(runId, { ...AS_USER, 'Last-Event-ID': String(last) });
    expect((await stream.head).status).toBe(204);
    expect(await stream.text()).toBe('');
  });

  test('is sent with the headers of a stream, and to pages of any origin, a desktop shell included', async () => {
    const { status, headers } = await openRun(runId, { ...AS_USER, Origin: 'null' }).head;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  test('says who may open it, before it begins', async () => {
    const path = `/api/decisions/stream/${runId}`;
    refusalWithDetail(await get(path), 401, 'USER_ID_REQUIRED');
    refusalWithDetail(await get(`${path}?user_id=%20`), 401, 'USER_ID_REQUIRED');
    refusalWithDetail(await get(`${path}?user_id=${'x'.repeat(129)}`), 400, 'VALIDATION_ERROR');
    refusalWithDetail(await get(`${path}?user_id=a%0Ab`), 400, 'VALIDATION_ERROR');
    refusalWithDetail(await get(`/api/decisions/stream/${NOBODYS}`, { headers: AS_USER }), 404, 'RUN_NOT_FOUND');
    refusalWithDetail(await get('/api/decisions/stream/a%20b', { headers: AS_USER }), 404, 'RUN_NOT_FOUND');
    refusalWithDetail(await send('POST', path, { headers: AS_USER }), 405, 'METHOD_NOT_ALLOWED');
    expect(eventsIn((await get(`${path}?user_id=user-123`)).text)).toHaveLength(last);
  });

  test('a preflight is answered without a name, with what the console sends', async () => {
    const asked = { Origin: 'null', 'Access-Control-Request-Method': 'GET' };
    const { status, headers } = await send('OPTIONS', `/api/decisions/stream/${runId}`, { headers: asked });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-methods')).toMatch(/\bGET\b/);
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase() ?? '';
    for (const name of ['x-user-id', 'content-type', 'accept', 'last-event-id', 'cache-control'])
      expect(allowed).toContain(name);
  });
});

test('a stream that is opened twice and of which one is aborted, as in development, shows all of it', async () => {
  const { run_id } = await submit(ISSUES.A);
  const [aborted, kept] = [openRun(run_id), openRun(run_id)];
  await aborted.head;
  aborted.hangUp();
  const text = await kept.text();
  expect(rows(eventsIn(text))).toEqual(ROWS);
  expect(await openRun(run_id).text()).toBe(text);
});

test('all who follow at once see the same, whenever they have come', async () => {
  const { run_id } = await submit(ISSUES.E);
  const streams = await Promise.all(Array.from({ length: 4 }, () => openRun(run_id).text()));
  expect(new Set(streams).size).toBe(1);
});

test('runs that are begun at the same time each come to their end', async () => {
  const submitted = await Promise.all(Array.from({ length: 10 }, () => submit(ISSUES.A)));
  for (const { run_id } of submitted) expect(rows(await followRun(run_id))).toEqual(ROWS);
});

test('a card that nobody has to acknowledge is approved by the system after the stream', async () => {
  const { run_id } = await submit(ISSUES.D);
  const { card_id } = dataOf(await followRun(run_id), 'decision_card.assigned');
  const approved = await waitFor('the system to approve', async () => {
    const { text } = await get(`/api/decisions/${String(card_id)}`, { headers: AS_USER });
    return text.includes('"approval_status":"APPROVED"') ? text : undefined;
  });
  expect(JSON.parse(approved)).toMatchObject({ approved_by: 'system' });
});

test('after feedback ids go on, and only the new iteration is sent', async () => {
  const { run_id } = await submit(ISSUES.B);
  const first = await followRun(run_id);
  const feedback = { feedback: 'The budget is 6,000만원' };
  const answer = await send('POST', `/api/decisions/runs/${run_id}/feedback`, { headers: AS_USER, json: feedback });
  expect(JSON.parse(answer.text)).toMatchObject({ status: 'PROCESSING', feedback_iteration: 1 });
  const second = await followRun(run_id);
  expect(second[0]?.id).toBe(first.length + 1);
  expect(rows(second)).toEqual(ROWS);
  expect(dataOf(second, 'rule_applied')).toMatchObject({ budget_impact: 'HIGH', risk_tier: 'HIGH' });
  const resumed = eventsIn(await openRun(run_id, { ...AS_USER, 'Last-Event-ID': String(first.length) }).text());
  expect(resumed).toEqual(second);
});
