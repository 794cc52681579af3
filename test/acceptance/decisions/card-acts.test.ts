import { read, refusalWithDetail } from '../../support/api';
import {
  approvedBySystem,
  bodyOf,
  cardOf,
  compile,
  CONDITIONS,
  issueOf,
  meet,
  perform,
  timelineOf,
  tryTo,
  type ActName,
  type Compiled,
} from '../../support/decided';
import { Approval } from '../../support/decision-shapes';
import { ISSUES } from '../../support/decisions';

/** docs/contracts/decisions.md#state-machines: each cell of the table of card states. */

const ACTS: readonly ActName[] = ['approve', 'conditional', 'reject', 'condition met', 'withdraw'];

/** How a card gets into a state, by its owner. */
const STATES: Readonly<Record<string, { readonly issue: object; readonly by: readonly ActName[] }>> = {
  PENDING: { issue: ISSUES.B, by: [] },
  'APPROVED by system': { issue: ISSUES.D, by: [] },
  CONDITIONALLY_APPROVED: { issue: ISSUES.B, by: ['conditional'] },
  'APPROVED by a person': { issue: ISSUES.B, by: ['approve'] },
  REJECTED: { issue: ISSUES.B, by: ['reject'] },
  WITHDRAWN: { issue: ISSUES.B, by: ['withdraw'] },
};

async function cardThatIs(state: string): Promise<Compiled> {
  const { issue, by } = STATES[state] ?? { issue: ISSUES.B, by: [] };
  const compiled = await compile(issue);
  if (state === 'APPROVED by system') await approvedBySystem(compiled.cardId);
  for (const act of by) await perform(act, compiled.cardId, compiled.owner);
  return compiled;
}

/** Another body than what `cardThatIs` sent: the same one would be a repetition. */
const otherBody = (act: ActName, userId: string): object => ({
  ...bodyOf(act, userId),
  ...(act === 'withdraw' || act === 'reject' ? { reason: 'For another reason' } : { comment: 'In other words' }),
});

const NAMES: Readonly<Record<ActName, string>> = {
  approve: 'approve',
  conditional: 'conditional-approve',
  reject: 'reject',
  'condition met': 'condition-met',
  withdraw: 'withdraw',
};

const MOVES: readonly (readonly [state: string, act: ActName, to: string, message: string, issue: string])[] = [
  ['PENDING', 'approve', 'APPROVED', 'Approved', 'DECIDED'],
  ['PENDING', 'conditional', 'CONDITIONALLY_APPROVED', 'Approved with 2 conditions', 'DECIDED'],
  ['PENDING', 'reject', 'REJECTED', 'Rejected', 'DECIDED'],
  ['PENDING', 'withdraw', 'WITHDRAWN', 'Withdrawn', 'CANCELLED'],
  ['APPROVED by system', 'approve', 'APPROVED', 'Approved', 'DECIDED'],
  ['APPROVED by system', 'conditional', 'CONDITIONALLY_APPROVED', 'Approved with 2 conditions', 'DECIDED'],
  ['APPROVED by system', 'reject', 'REJECTED', 'Rejected', 'DECIDED'],
  ['APPROVED by system', 'withdraw', 'WITHDRAWN', 'Withdrawn', 'CANCELLED'],
  ['CONDITIONALLY_APPROVED', 'approve', 'APPROVED', 'Approved', 'DECIDED'],
  ['CONDITIONALLY_APPROVED', 'reject', 'REJECTED', 'Rejected', 'DECIDED'],
  ['CONDITIONALLY_APPROVED', 'condition met', 'CONDITIONALLY_APPROVED', '1 of 2 conditions met', 'DECIDED'],
  ['CONDITIONALLY_APPROVED', 'withdraw', 'WITHDRAWN', 'Withdrawn', 'CANCELLED'],
];

const ENTRIES: Readonly<Record<ActName, string>> = {
  approve: 'APPROVED',
  conditional: 'CONDITIONALLY_APPROVED',
  reject: 'REJECTED',
  'condition met': 'CONDITION_MET',
  withdraw: 'WITHDRAWN',
};

test.each(MOVES)('a card that is %s: %s makes it %s', async (state, act, to, message, issueStatus) => {
  const { cardId, owner, issueId, runId } = await cardThatIs(state);
  const before = await cardOf(cardId);
  const written = (await timelineOf(runId)).length;
  const answer = await perform(act, cardId, owner);
  const card = await cardOf(cardId);
  expect(answer).toEqual({
    ...{ card_id: cardId, status: to, message },
    ...{ approved_at: card.approved_at, approved_by: card.approved_by },
  });
  expect(card).toMatchObject({ approval_status: to, version: before.version + 1 });
  expect((await issueOf(issueId)).status).toBe(issueStatus);
  const entries = (await timelineOf(runId)).slice(written).filter(({ event_type }) => event_type !== 'ISSUE_UPDATED');
  expect(entries).toEqual([
    expect.objectContaining({
      ...{ event_type: ENTRIES[act], actor_id: owner, actor_type: 'PERSON' },
      ...{ resource_type: 'DECISION_CARD', resource_id: cardId, card_id: cardId, run_id: runId, issue_id: issueId },
    }),
  ]);
});

/** What is not a move: all acts on what is final, no conditions to meet, and no second set of them. */
const REFUSED: readonly (readonly [state: string, acts: readonly ActName[]])[] = Object.keys(STATES).map((state) => [
  state,
  ACTS.filter((act) => !MOVES.some(([from, possible]) => from === state && possible === act)),
]);

test.each(REFUSED)('a card that is %s refuses %j with 409, and nothing is written', async (state, acts) => {
  const { cardId, owner, runId } = await cardThatIs(state);
  const [before, entries] = [await cardOf(cardId), await timelineOf(runId)];
  for (const act of acts) {
    const answer = await tryTo(act, cardId, owner, { body: otherBody(act, owner) });
    const { message, details } = refusalWithDetail(answer, 409, 'CARD_STATE_CONFLICT');
    expect(message).toBe(`Card is ${before.approval_status}; ${NAMES[act]} is not allowed`);
    expect(details).toEqual({ status: before.approval_status, action: NAMES[act] });
  }
  expect(await cardOf(cardId)).toEqual(before);
  expect(await timelineOf(runId)).toEqual(entries);
});

test('the last condition that is met approves the card, in the name of who set them', async () => {
  const { cardId, owner, submitter, issueId } = await compile(ISSUES.A);
  const set = await perform('conditional', cardId, owner, {
    body: { approver_id: owner, conditions: CONDITIONS, comment: 'Only with a rehearsal' },
  });
  expect(await cardOf(cardId)).toMatchObject({
    ...{ approval_status: 'CONDITIONALLY_APPROVED', approved_by: owner, approved_at: set.approved_at },
    ...{ approval_comment: 'Only with a rehearsal', approval_conditions: CONDITIONS, conditions_met: false },
    conditions: CONDITIONS.map((text) => ({ text, met: false, met_by: null, met_at: null, evidence: null })),
  });
  const first = read(await meet(cardId, 0, submitter, { evidence: 'report 18' }), 200, Approval);
  expect(first).toEqual({ ...set, message: '1 of 2 conditions met' });
  expect(await cardOf(cardId)).toMatchObject({
    conditions_met: false,
    conditions: [
      { text: CONDITIONS[0], met: true, met_by: submitter, evidence: 'report 18' },
      { text: CONDITIONS[1], met: false, met_by: null },
    ],
  });
  const last = read(await meet(cardId, 1, owner), 200, Approval);
  expect(last).toMatchObject({ status: 'APPROVED', message: 'All conditions met', approved_by: owner });
  expect(Date.parse(last.approved_at ?? '')).toBeGreaterThanOrEqual(Date.parse(set.approved_at ?? ''));
  const card = await cardOf(cardId);
  expect(card).toMatchObject({ approval_status: 'APPROVED', conditions_met: true, approved_at: last.approved_at });
  expect(card.conditions.map(({ met_by, evidence }) => [met_by, evidence])).toEqual([
    [submitter, 'report 18'],
    [owner, null],
  ]);
  expect((await issueOf(issueId)).status).toBe('DECIDED');
});

test('reject says why, keeps the comment, and takes back what was approved', async () => {
  const { cardId, owner } = await cardThatIs('CONDITIONALLY_APPROVED');
  const body = { approver_id: owner, reason: 'Totals differ', comment: 'Try again in spring' };
  expect(await perform('reject', cardId, owner, { body })).toMatchObject({ approved_at: null, approved_by: null });
  expect(await cardOf(cardId)).toMatchObject({
    ...{ approval_status: 'REJECTED', rejection_reason: 'Totals differ', approval_comment: 'Try again in spring' },
    ...{ approved_at: null, approved_by: null },
  });
});

test('a person who approves what the system has approved takes its place', async () => {
  const { cardId, owner } = await cardThatIs('APPROVED by system');
  expect(await cardOf(cardId)).toMatchObject({ approved_by: 'system', approval_comment: null });
  await perform('approve', cardId, owner, { body: { approver_id: owner, comment: 'Seen' } });
  expect(await cardOf(cardId)).toMatchObject({ approved_by: owner, approval_comment: 'Seen', conditions_met: null });
});
