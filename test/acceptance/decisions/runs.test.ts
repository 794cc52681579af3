import { post, read, refusalWithDetail, type Answer } from '../../support/api';
import {
  approvedBySystem,
  as,
  assignedBy,
  cardOf,
  compile,
  issueOf,
  perform,
  timelineOf,
  tryTo,
  type ActName,
  type Compiled,
} from '../../support/decided';
import { RunAnswer } from '../../support/decision-shapes';
import { AS_USER, dataOf, followRun, ISSUES, ROWS, rows, submit, USER, type Told } from '../../support/decisions';

/** docs/contracts/decisions.md#state-machines: what the submitter does with a run. */

const UNKNOWN_RUN = 'run_00000000000000000000000000';
const send = (runId: string, what: 'approve' | 'feedback', body: object, userId = USER): Promise<Answer> =>
  post(`/api/decisions/runs/${runId}/${what}`, body, { headers: as(userId) });
const say = (runId: string, feedback: string, userId = USER) => send(runId, 'feedback', { feedback }, userId);
const ownerOf = (events: readonly Told[]) => {
  const { owner, coReviewers } = assignedBy(events);
  return { owner_id: owner, co_reviewer_ids: coReviewers };
};
/** One more iteration, followed to its end. */
async function iterate(runId: string, feedback: string) {
  const answer = read(await say(runId, feedback), 200, RunAnswer);
  return { answer, events: await followRun(runId) };
}

describe('a run that has ended', () => {
  let compiled: Compiled;
  beforeAll(async () => {
    compiled = await compile(ISSUES.B);
  });

  test('is acknowledged by its submitter alone', async () => {
    for (const userId of [compiled.owner, 'person-ceo-1', 'user-123']) {
      refusalWithDetail(await send(compiled.runId, 'approve', {}, userId), 403, 'NOT_THE_SUBMITTER');
      refusalWithDetail(await say(compiled.runId, 'Once more', userId), 403, 'NOT_THE_SUBMITTER');
    }
  });

  test('is acknowledged as often as one likes, with or without a comment, and noted once', async () => {
    const { runId, cardId } = compiled;
    const expected = { run_id: runId, status: 'APPROVED', feedback_iteration: 0, decision_card_id: cardId };
    for (const body of [{ comment: 'Fine for me' }, {}, { comment: null }])
      expect(read(await send(runId, 'approve', body), 200, RunAnswer)).toEqual(expected);
    expect(
      read(await post(`/api/decisions/runs/${runId}/approve/`, undefined, { headers: AS_USER }), 200, RunAnswer),
    ).toEqual(expected);
    const comments = (await timelineOf(runId)).filter(({ event_type }) => event_type === 'COMMENT_ADDED');
    expect(comments).toEqual([
      expect.objectContaining({
        resource_type: 'DECISION_RUN',
        resource_id: runId,
        actor_id: USER,
        actor_type: 'PERSON',
      }),
    ]);
  });

  test('takes no feedback once it is acknowledged', async () => {
    refusalWithDetail(await say(compiled.runId, 'Too late'), 409, 'RUN_STATE_CONFLICT');
  });
});

test('a run that is not there takes nothing', async () => {
  for (const id of [UNKNOWN_RUN, 'run_x', 'x']) {
    refusalWithDetail(await send(id, 'approve', {}), 404, 'RUN_NOT_FOUND');
    refusalWithDetail(await say(id, 'Hello'), 404, 'RUN_NOT_FOUND');
  }
});

test.each([
  ['acknowledged', 'approve', {}],
  ['told anything', 'feedback', { feedback: 'Too early' }],
] as const)('a run that has not ended cannot be %s', async (_, what, body) => {
  for (let round = 0; round < 20; round += 1) {
    const { run_id } = await submit(ISSUES.A);
    const answer = await send(run_id, what, body);
    // It may have ended in the meantime: then it is the next one's turn.
    if (answer.status === 200) continue;
    const { details } = refusalWithDetail(answer, 409, 'RUN_STATE_CONFLICT');
    expect(['PENDING', 'PROCESSING']).toContain(details?.['status']);
    return;
  }
  throw new Error('Each run had ended before it was asked.');
});

test.each([
  ['approve', 'APPROVED'],
  ['conditional', 'CONDITIONALLY_APPROVED'],
  ['reject', 'REJECTED'],
  ['withdraw', 'WITHDRAWN'],
] as const)('after %s of the card by a person there is no feedback', async (act, status) => {
  const { runId, cardId, owner } = await compile(ISSUES.B);
  await perform(act, cardId, owner);
  const { details } = refusalWithDetail(await say(runId, 'Wait'), 409, 'CARD_STATE_CONFLICT');
  expect(details).toMatchObject({ status });
});

test('what the system alone has approved may be judged once more', async () => {
  const { runId, cardId, events } = await compile(ISSUES.D);
  await approvedBySystem(cardId);
  const { answer, events: second } = await iterate(runId, 'It cannot be undone');
  expect(answer).toEqual({ run_id: runId, status: 'PROCESSING', feedback_iteration: 1, decision_card_id: cardId });
  expect(second[0]?.id).toBe(events.length + 1);
  expect(await cardOf(cardId)).toMatchObject({
    ...{ approval_status: 'PENDING', approved_by: null, approved_at: null, execution_path: 'HARD_GATE' },
    ...ownerOf(second),
  });
});

test('feedback is merged to the riskier side, rewrites the card, and can be given five times', async () => {
  const { runId, cardId, issueId, events } = await compile(ISSUES.A);
  const first = await cardOf(cardId);
  let last = events.length;
  const said: readonly (readonly [feedback: string, budget: number, days: number, score: number, action: string])[] = [
    ['The budget is 1,000,000원, the deadline in 30 days', 12_000_000, 6, 3.5, 'APPROVE'],
    ['The budget is 60,000,000원', 60_000_000, 6, 3.6, 'DEFER'],
    ['deadline: 2 days', 60_000_000, 2, 3.6, 'DEFER'],
    ['롤백 불가', 60_000_000, 2, 4.4, 'DEFER'],
    ['It can be rolled back', 60_000_000, 2, 4.4, 'DEFER'],
  ];
  for (const [at, [feedback, budget_estimate, timeline_days, score, action]] of said.entries()) {
    const { answer, events: next } = await iterate(runId, feedback);
    expect(answer).toEqual({
      run_id: runId,
      status: 'PROCESSING',
      feedback_iteration: at + 1,
      decision_card_id: cardId,
    });
    expect(rows(next)).toEqual(ROWS);
    expect(next.map(({ id }) => id)).toEqual(next.map((_, index) => last + 1 + index));
    last += next.length;
    expect(dataOf(next, 'rule_applied')).toMatchObject({ rollback_possible: at < 3 });
    const card = await cardOf(cardId);
    expect(card).toMatchObject({
      ...{ budget_estimate, timeline_days, action, overall_risk_score: score },
      ...{ id: cardId, created_at: first.created_at, approval_status: 'PENDING', ...ownerOf(next) },
    });
    expect(card.version).toBeGreaterThan(first.version);
  }
  refusalWithDetail(await say(runId, 'And once more'), 409, 'FEEDBACK_LIMIT');
  // The issue says what was submitted.
  expect(await issueOf(issueId)).toMatchObject({ ...ISSUES.A, risk_tier: 'HIGH' });
  const comments = (await timelineOf(runId)).filter(({ event_type }) => event_type === 'COMMENT_ADDED');
  expect(comments).toHaveLength(5);
  expect(read(await send(runId, 'approve', {}), 200, RunAnswer)).toMatchObject({ feedback_iteration: 5 });
});

test('until an iteration has ended nobody acts upon the card', async () => {
  const { runId, cardId, owner } = await compile(ISSUES.B);
  const left = new Set<ActName>(['approve', 'conditional', 'reject', 'condition met', 'withdraw']);
  for (let round = 0; round < 5 && left.size > 0; round += 1) {
    const { version } = await cardOf(cardId);
    read(await say(runId, 'Look once more'), 200, RunAnswer);
    for (const act of left) {
      // Where the iteration has ended in the meantime, its card has another version, and nothing is done.
      const answer = await tryTo(act, cardId, owner, { headers: { 'If-Match': `"${version}"` } });
      if (answer.status === 412) break;
      refusalWithDetail(answer, 409, 'RUN_STATE_CONFLICT');
      left.delete(act);
    }
    await followRun(runId);
  }
  expect([...left]).toEqual([]);
  await perform('approve', cardId, owner);
});

test('feedback has at most 10,000 characters, and says something', async () => {
  const { runId } = await compile(ISSUES.B);
  for (const feedback of ['', 'x'.repeat(10_001), null, 1, undefined]) {
    const answer = await send(runId, 'feedback', { feedback });
    expect(refusalWithDetail(answer, 400, 'VALIDATION_ERROR').details).toMatchObject({ field: 'feedback' });
  }
  for (const comment of ['x'.repeat(2_001), 1]) {
    const answer = await send(runId, 'approve', { comment });
    expect(refusalWithDetail(answer, 400, 'VALIDATION_ERROR').details).toMatchObject({ field: 'comment' });
  }
  expect((await iterate(runId, '🙂'.repeat(10_000))).answer.feedback_iteration).toBe(1);
  read(await send(runId, 'approve', { comment: '🙂'.repeat(2_000) }), 200, RunAnswer);
});
