import * as z from 'zod';
import { get, post, read, refusalWithDetail, send, type Answer } from '../../support/api';
import { approvedBySystem, as, compile, issueIs, issueOf, perform, timelineOf } from '../../support/decided';
import { Issue, IssueCreated, RunAnswer } from '../../support/decision-shapes';
import { AS_USER, eventsIn, followRun, ISSUES, openRun, submit, USER } from '../../support/decisions';
import { waitFor } from '../../support/wait';

/** docs/contracts/decisions.md#endpoints: issues, what is kept of them, and what becomes of them. */

const list = async (query: string, userId = USER): Promise<Issue[]> =>
  read(await get(`/api/issues/${query}`, { headers: as(userId) }), 200, z.array(Issue));
const create = (body: unknown, headers = {}): Promise<Answer> =>
  post('/api/issues/', body, { headers: { ...AS_USER, ...headers } });

/** Somebody whom no other test knows. */
const somebody = (name: string) => `${name}-${crypto.randomUUID()}`;

const FULL = {
  ...ISSUES.A,
  urgency: '높음 HIGH',
  cost_impact: 'NONE',
  impact_scope: 'INDIVIDUAL',
  budget_estimate: 0,
  timeline_days: 1,
  rollback_possible: false,
};

test('what was sent is returned as it was sent, with what the server adds', async () => {
  const answer = await create({
    ...FULL,
    submitter_id: 'somebody-else',
    status: 'EXECUTED',
    risk_tier: 'LOW',
    id: 'x',
  });
  const { issue_id, run_id } = read(answer, 201, IssueCreated);
  expect(run_id.replace('run_', '')).not.toBe('');
  await followRun(run_id);
  const issue = await issueOf(issue_id);
  expect(issue).toEqual({
    ...FULL,
    ...{ id: issue_id, submitter_id: USER, status: 'PROCESSING', risk_tier: 'HIGH' },
    ...{ created_at: issue.created_at, updated_at: issue.updated_at },
  });
  expect(Date.parse(issue.updated_at)).toBeGreaterThanOrEqual(Date.parse(issue.created_at));
});

test.each([
  ['left out', {}],
  [
    'null',
    {
      ...{ title: null, urgency: null, cost_impact: null, impact_scope: null },
      ...{ budget_estimate: null, timeline_days: null, rollback_possible: null },
    },
  ],
])('what is %s is null, and there are no tags', async (_, rest) => {
  const { issue_id } = await submit({ text: 'Budget 3,000,000원, deadline 3 days, 롤백 가능', ...rest });
  expect(await issueOf(issue_id)).toMatchObject({
    ...{ title: null, tags: [], urgency: null, cost_impact: null, impact_scope: null },
    // What the text says is read for the run alone.
    ...{ budget_estimate: null, timeline_days: null, rollback_possible: null },
  });
});

const SMILE = '🙂';
const LARGEST = Number.MAX_SAFE_INTEGER;

test.each<[string, object]>([
  ['text', { text: SMILE.repeat(50_000) }],
  ['text, the shortest', { text: 'x' }],
  ['title', { title: SMILE.repeat(255) }],
  ['number of tags', { tags: Array.from({ length: 50 }, (_, at) => `tag ${at}`) }],
  ['length of a tag', { tags: [SMILE.repeat(100)] }],
  ['urgency', { urgency: SMILE.repeat(50) }],
  ['budget', { budget_estimate: LARGEST }],
  ['timeline', { timeline_days: 1 }],
])('an issue at the bound of %s is kept whole', async (_, fields) => {
  const { issue_id } = await submit({ text: 'At a bound', ...fields });
  expect(await issueOf(issue_id)).toMatchObject(fields);
});

test.each<[string, object]>([
  ['text', { text: SMILE.repeat(50_001) }],
  ['text', { text: '' }],
  ['text', { text: null }],
  ['text', { text: 1 }],
  ['text', { text: undefined }],
  ['title', { title: SMILE.repeat(256) }],
  ['tags', { tags: Array<string>(51).fill('x') }],
  ['tags', { tags: 'payments' }],
  ['tags', { tags: null }],
  ['tags[1]', { tags: ['x', SMILE.repeat(101)] }],
  ['tags[0]', { tags: [1] }],
  ['urgency', { urgency: SMILE.repeat(51) }],
  ['cost_impact', { cost_impact: 'low' }],
  ['impact_scope', { impact_scope: 'GLOBAL' }],
  ['budget_estimate', { budget_estimate: -1 }],
  ['budget_estimate', { budget_estimate: 0.5 }],
  ['budget_estimate', { budget_estimate: LARGEST + 1 }],
  ['budget_estimate', { budget_estimate: '12' }],
  ['timeline_days', { timeline_days: 0 }],
  ['timeline_days', { timeline_days: 1.5 }],
  ['rollback_possible', { rollback_possible: 'true' }],
])('what is over a bound of %s or of another kind is refused', async (field, fields) => {
  const { details } = refusalWithDetail(await create({ text: 'Over a bound', ...fields }), 400, 'VALIDATION_ERROR');
  expect(details).toMatchObject({ field });
});

test('an issue has one address with and without a slash, and no redirect', async () => {
  const submitter = somebody('slash');
  const { issue_id } = read(await post('/api/issues', ISSUES.D, { headers: as(submitter) }), 201, IssueCreated);
  await issueIs(issue_id, 'DECIDED');
  const texts = async (...paths: string[]) =>
    new Set(
      await Promise.all(
        paths.map(async (path) => {
          const { status, text } = await get(path, { headers: as(submitter) });
          expect(status).toBe(200);
          return text;
        }),
      ),
    );
  expect((await texts(`/api/issues/${issue_id}`, `/api/issues/${issue_id}/`)).size).toBe(1);
  expect((await texts('/api/issues?my_issues=true', '/api/issues/?my_issues=true')).size).toBe(1);
  for (const id of ['iss_00000000000000000000000000', 'x', 'iss_', issue_id.replace('iss_', 'run_')])
    refusalWithDetail(await get(`/api/issues/${id}`, { headers: AS_USER }), 404, 'ISSUE_NOT_FOUND');
});

describe('the list', () => {
  const mine = somebody('lister');
  /** Of those that were submitted last, newest first. */
  const ids: string[] = [];
  beforeAll(async () => {
    await Promise.all(Array.from({ length: 17 }, () => submit(ISSUES.B, as(mine))));
    for (let at = 0; at < 4; at += 1) ids.unshift((await submit(ISSUES.D, as(mine))).issue_id);
    for (const id of ids) await issueIs(id, 'DECIDED');
  });
  const own = async (query: string) => (await list(`?my_issues=true&${query}`, mine)).map(({ id }) => id);

  test('has the newest first', async () => {
    expect((await own('')).slice(0, 4)).toEqual(ids);
    const all = await list('?limit=100');
    const times = all.map(({ created_at }) => Date.parse(created_at));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    for (const id of ids) expect(all.map((issue) => issue.id)).toContain(id);
  });

  test('is of 20 unless told otherwise', async () => {
    expect(await list('')).toHaveLength(20);
    expect(await own('')).toHaveLength(20);
    expect(await own('limit=100')).toHaveLength(21);
  });

  test('is read in parts', async () => {
    expect(await own('limit=2')).toEqual(ids.slice(0, 2));
    expect(await own('skip=2&limit=2')).toEqual(ids.slice(2, 4));
    expect(await own('skip=20')).toHaveLength(1);
    expect(await own('skip=1000')).toEqual([]);
  });

  test('takes what is out of bounds as the bound', async () => {
    expect(await own('skip=-5&limit=1')).toEqual(ids.slice(0, 1));
    for (const limit of ['0', '-3']) expect(await own(`limit=${limit}`)).toEqual(ids.slice(0, 1));
    expect(await own('limit=5000')).toHaveLength(21);
    for (const query of ['limit=x', 'skip=1.5', 'limit=1e1'])
      refusalWithDetail(await get(`/api/issues/?${query}`, { headers: AS_USER }), 400, 'VALIDATION_ERROR');
  });

  test('is filtered by status, and of an unknown status there are none', async () => {
    for (const issue of await list('?status=DECIDED')) expect(issue.status).toBe('DECIDED');
    expect(await own('status=DECIDED')).toEqual(ids);
    expect(await own('status=DECIDED&skip=1&limit=2')).toEqual(ids.slice(1, 3));
    expect(await own('status=EXECUTED')).toEqual([]);
    for (const unknown of ['OPEN', 'decided']) expect(await list(`?status=${unknown}`)).toEqual([]);
  });

  test('is of oneself for what means yes, and of all for what means no, in any case', async () => {
    const stranger = somebody('stranger');
    for (const yes of ['true', '1', 'yes', 'on', 'TRUE', 'On'])
      expect(await list(`?my_issues=${yes}`, stranger)).toEqual([]);
    for (const no of ['false', '0', 'no', 'off', 'FALSE', 'Off'])
      expect((await list(`?my_issues=${no}&limit=1`, stranger)).length).toBe(1);
    refusalWithDetail(await get('/api/issues/?my_issues=maybe', { headers: AS_USER }), 400, 'VALIDATION_ERROR');
  });
});

describe('an Idempotency-Key', () => {
  const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });

  test('with the same body gives the same answer, and one issue', async () => {
    const [headers, submitter] = [key(), somebody('twice')];
    const answers = [];
    for (let at = 0; at < 3; at += 1) answers.push(await create(ISSUES.D, { ...headers, ...as(submitter) }));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await list('?my_issues=true', submitter)).toHaveLength(1);
  });

  test('with another body is refused', async () => {
    const headers = key();
    read(await create(ISSUES.D, headers), 201, IssueCreated);
    refusalWithDetail(await create({ ...ISSUES.D, title: 'Other' }, headers), 409, 'IDEMPOTENCY_KEY_REUSED');
  });

  test('is each user’s own', async () => {
    const [headers, one, other] = [key(), somebody('one'), somebody('other')];
    const first = read(await create(ISSUES.D, { ...headers, ...as(one) }), 201, IssueCreated);
    const second = read(await create(ISSUES.B, { ...headers, ...as(other) }), 201, IssueCreated);
    expect(second.issue_id).not.toBe(first.issue_id);
  });
});

describe('an issue lives', () => {
  const approveRun = async (runId: string, status = 200) =>
    read(await post(`/api/decisions/runs/${runId}/approve`, {}, { headers: AS_USER }), status, RunAnswer);
  const moves = async (runId: string) =>
    (await timelineOf(runId)).flatMap(({ event_type, detail }) =>
      event_type === 'ISSUE_UPDATED' && typeof detail?.['to'] === 'string' ? [detail['to']] : [],
    );

  test('from PENDING to PROCESSING by its run, which tells the tier', async () => {
    const { issue_id, run_id } = await submit(ISSUES.A);
    const stream = openRun(run_id);
    const seen = await waitFor('the tier', async () => {
      const issue = await issueOf(issue_id);
      return issue.risk_tier === null ? undefined : issue;
    });
    expect(seen).toMatchObject({ status: 'PROCESSING', risk_tier: 'HIGH' });
    expect(eventsIn(await stream.text()).at(-1)?.event).toBe('decision_card.assigned');
    expect(await moves(run_id)).toEqual(['PROCESSING']);
  });

  test('to EXECUTED when the card is approved and then the run', async () => {
    const { issueId, runId, cardId, owner } = await compile(ISSUES.B);
    await perform('approve', cardId, owner);
    expect((await issueOf(issueId)).status).toBe('DECIDED');
    expect((await approveRun(runId)).status).toBe('APPROVED');
    expect((await issueOf(issueId)).status).toBe('EXECUTED');
    expect(await moves(runId)).toEqual(['PROCESSING', 'DECIDED', 'EXECUTED']);
  });

  test('to EXECUTED when the run is approved and then the card', async () => {
    const { issueId, runId, cardId, owner } = await compile(ISSUES.B);
    await approveRun(runId);
    expect((await issueOf(issueId)).status).toBe('PROCESSING');
    await perform('approve', cardId, owner);
    expect((await issueOf(issueId)).status).toBe('EXECUTED');
    expect((await moves(runId)).at(-1)).toBe('EXECUTED');
  });

  test('not to EXECUTED while conditions are open, and then by the last of them', async () => {
    const { issueId, runId, cardId, owner } = await compile(ISSUES.B);
    await approveRun(runId);
    await perform('conditional', cardId, owner, { body: { approver_id: owner, conditions: ['Only one'] } });
    expect((await issueOf(issueId)).status).toBe('DECIDED');
    await perform('condition met', cardId, owner);
    expect((await issueOf(issueId)).status).toBe('EXECUTED');
  });

  test('to EXECUTED when the system has approved the card', async () => {
    const { issueId, runId, cardId } = await compile(ISSUES.D);
    await approvedBySystem(cardId);
    await issueIs(issueId, 'DECIDED');
    await approveRun(runId);
    expect((await issueOf(issueId)).status).toBe('EXECUTED');
  });

  test.each([
    ['reject', 'DECIDED'],
    ['withdraw', 'CANCELLED'],
  ] as const)('and stays what %s made of it, whatever becomes of the run', async (act, status) => {
    const { issueId, runId, cardId, owner } = await compile(ISSUES.B);
    await perform(act, cardId, owner);
    await approveRun(runId);
    expect((await issueOf(issueId)).status).toBe(status);
  });
});

test('an issue is neither changed nor deleted by anybody', async () => {
  const { issue_id } = await submit(ISSUES.D);
  for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) {
    const answer = await send(method, `/api/issues/${issue_id}`, { headers: AS_USER, json: {} });
    refusalWithDetail(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toContain('GET');
  }
});
