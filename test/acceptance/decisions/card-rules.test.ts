import * as z from 'zod';
import { get, post, read, refusalWithDetail, type Answer } from '../../support/api';
import {
  as,
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
import { Approval, Person } from '../../support/decision-shapes';
import { AS_USER, ISSUES, USER } from '../../support/decisions';

/** docs/contracts/decisions.md#state-machines: who may do what to a card, how often, and of two who do it at once. */

type Person = z.output<typeof Person>;
const RANKS = ['STAFF', 'TEAM_LEAD', 'DIRECTOR', 'VP', 'CEO'];
const DECIDING: readonly ActName[] = ['approve', 'conditional', 'reject'];
const ALL: readonly ActName[] = [...DECIDING, 'condition met', 'withdraw'];
const UNKNOWN_CARD = 'card_00000000000000000000000000';

let people: Person[];
beforeAll(async () => {
  people = read(await get('/api/persons/', { headers: AS_USER }), 200, z.array(Person));
});

const person = (id: string): Person => only(people.filter((one) => one.id === id));
const only = <T>([first]: readonly T[]): T => {
  if (first === undefined) throw new Error('There is none');
  return first;
};
const rank = ({ level }: Person) => RANKS.indexOf(level);
const pathOf = ({ org_path }: Person) => (org_path === '/' ? '/' : `${org_path}/`);
const isAbove = (one: Person, other: Person) => rank(one) > rank(other) && pathOf(other).startsWith(pathOf(one));
/** One of each rank above, and one of each rank that is not, by the contract. */
const around = (owner: Person, { coReviewers }: Compiled) => {
  const others = people.filter(({ id }) => id !== owner.id && id !== USER && !coReviewers.includes(id));
  const ofEach = (found: readonly Person[]) => RANKS.flatMap((level) => found.find((one) => one.level === level) ?? []);
  const nearby = others.filter(({ department }) => department === owner.department);
  return {
    above: ofEach(others.filter((one) => isAbove(one, owner))),
    others: [...ofEach(others), ...ofEach(nearby)].filter((one) => !isAbove(one, owner)),
  };
};
const refusedTo = async (answer: Promise<Answer>) => refusalWithDetail(await answer, 403, 'NOT_AN_APPROVER');

describe('a card', () => {
  let card: Compiled;
  beforeAll(async () => {
    card = await compile(ISSUES.A);
  });

  test('is decided upon by nobody but its owner and who is above', async () => {
    const { others } = around(person(card.owner), card);
    expect(others.length).toBeGreaterThanOrEqual(4);
    for (const userId of [...others.map(({ id }) => id), ...card.coReviewers, USER, 'user-123'])
      for (const act of DECIDING) await refusedTo(tryTo(act, card.cardId, userId));
    expect(await cardOf(card.cardId)).toMatchObject({ approval_status: 'PENDING', version: 1 });
  });

  test('is withdrawn by nobody but its submitter and its owner, not even by who is above', async () => {
    const { above, others } = around(person(card.owner), card);
    for (const { id } of [...above, ...others]) await refusedTo(tryTo('withdraw', card.cardId, id));
    for (const id of card.coReviewers) await refusedTo(tryTo('withdraw', card.cardId, id));
    expect((await cardOf(card.cardId)).version).toBe(1);
  });

  test('lets nobody act for somebody else', async () => {
    for (const act of ['approve', 'conditional', 'reject', 'withdraw'] as const) {
      const answer = await tryTo(act, card.cardId, card.owner, { body: bodyOf(act, USER) });
      refusalWithDetail(answer, 403, 'ACTOR_MISMATCH');
    }
    expect((await cardOf(card.cardId)).version).toBe(1);
  });

  test('of an unknown id is not found, by any act', async () => {
    for (const id of [UNKNOWN_CARD, 'card_x', 'x', card.runId]) {
      for (const act of ALL) refusalWithDetail(await tryTo(act, id, card.owner), 404, 'CARD_NOT_FOUND');
      refusalWithDetail(await get(`/api/decisions/${id}`, { headers: AS_USER }), 404, 'CARD_NOT_FOUND');
    }
    expect((await get('/api/decisions/runs', { headers: AS_USER })).status).toBe(404);
  });

  test('has its version as ETag, and is changed by nobody who knows another one', async () => {
    const etag = async () => (await get(`/api/decisions/${card.cardId}/`, { headers: AS_USER })).headers.get('etag');
    expect(await etag()).toBe('"1"');
    for (const act of ALL.filter((one) => one !== 'condition met')) {
      const answer = await tryTo(act, card.cardId, card.owner, { headers: { 'If-Match': '"2"' } });
      refusalWithDetail(answer, 412, 'VERSION_MISMATCH');
    }
    await perform('conditional', card.cardId, card.owner, { headers: { 'If-Match': '"1"' } });
    expect(await etag()).toBe('"2"');
    const stale = await tryTo('reject', card.cardId, card.owner, { headers: { 'If-Match': '"1"' } });
    refusalWithDetail(stale, 412, 'VERSION_MISMATCH');
    expect((await cardOf(card.cardId)).approval_status).toBe('CONDITIONALLY_APPROVED');
  });

  test('has its conditions met by owner, co-reviewers and submitter alone', async () => {
    const { above, others } = around(person(card.owner), card);
    for (const { id } of [...above, ...others]) await refusedTo(meet(card.cardId, 0, id));
    const reviewer = only(card.coReviewers);
    expect(read(await meet(card.cardId, 1, reviewer), 200, Approval).message).toBe('1 of 2 conditions met');
    expect((await cardOf(card.cardId)).conditions[1]?.met_by).toBe(reviewer);
  });

  test('has conditions of which body and path name the same', async () => {
    const path = (index: string) => `/api/decisions/${card.cardId}/conditions/${index}/met`;
    const sent = (index: string, body: object) => post(path(index), body, { headers: as(card.owner) });
    refusalWithDetail(await sent('0', { condition_index: 1 }), 400, 'VALIDATION_ERROR');
    refusalWithDetail(await sent('x', { condition_index: 0 }), 400, 'VALIDATION_ERROR');
    refusalWithDetail(await sent('-1', { condition_index: -1 }), 400, 'VALIDATION_ERROR');
    refusalWithDetail(await sent('2', { condition_index: 2 }), 404, 'CONDITION_NOT_FOUND');
    expect((await cardOf(card.cardId)).conditions[0]?.met).toBe(false);
  });
});

test.each([
  ['a staff member', ISSUES.D],
  ['a team lead', ISSUES.B],
  ['a director', ISSUES.C],
  ['a VP', ISSUES.E],
])('who is above %s on the path of the organisation may decide, too', async (_, issue) => {
  const card = await compile(issue);
  const { above } = around(person(card.owner), card);
  expect(above.at(-1)?.level).toBe('CEO');
  const acts: readonly ActName[] = ['conditional', 'reject'];
  for (const [at, { id }] of above.slice(0, 2).entries()) {
    await perform(acts[at] ?? 'reject', card.cardId, id);
    const { approval_status, approved_by } = await cardOf(card.cardId);
    expect([approval_status, approved_by]).toEqual(at === 0 ? ['CONDITIONALLY_APPROVED', id] : ['REJECTED', null]);
  }
});

describe('the same act by the same person with the same body', () => {
  test.each(['approve', 'conditional', 'reject', 'withdraw'] as const)(
    '%s is answered again, and writes nothing',
    async (act) => {
      const { cardId, owner, runId } = await compile(ISSUES.B);
      const first = await perform(act, cardId, owner, { headers: { 'If-Match': '"1"' } });
      const [card, entries] = [await cardOf(cardId), await timelineOf(runId)];
      expect(await perform(act, cardId, owner)).toEqual(first);
      expect(await perform(act, cardId, owner, { headers: { 'If-Match': '"1"' } })).toEqual(first);
      const by = act === 'withdraw' ? USER : 'person-ceo-1';
      refusalWithDetail(await tryTo(act, cardId, by), 409, 'CARD_STATE_CONFLICT');
      expect(await cardOf(cardId)).toEqual(card);
      expect(await timelineOf(runId)).toEqual(entries);
    },
  );

  test('so is the mark of a condition, whoever sets it', async () => {
    const { cardId, owner, submitter, runId } = await compile(ISSUES.B);
    await perform('conditional', cardId, owner);
    for (const index of CONDITIONS.keys()) read(await meet(cardId, index, owner), 200, Approval);
    const [card, entries] = [await cardOf(cardId), await timelineOf(runId)];
    const again = read(await meet(cardId, 0, submitter, { evidence: 'another' }), 200, Approval);
    expect(again).toMatchObject({ status: 'APPROVED', message: 'All conditions met', approved_at: card.approved_at });
    expect(await cardOf(cardId)).toEqual(card);
    expect(await timelineOf(runId)).toEqual(entries);
  });
});

test('of two who act at once one wins, and the other is told so', async () => {
  const cards = await Promise.all(Array.from({ length: 10 }, () => compile(ISSUES.B)));
  for (const { cardId, owner, runId, issueId } of cards) {
    const answers = await Promise.all([tryTo('approve', cardId, owner), tryTo('reject', cardId, 'person-ceo-1')]);
    const [won] = answers.filter(({ status }) => status === 200);
    const [lost] = answers.filter(({ status }) => status !== 200);
    if (!won || !lost) throw new Error(`Not one winner: ${answers.map(({ text }) => text).join(' and ')}`);
    refusalWithDetail(lost, 409, 'CARD_STATE_CONFLICT');
    const { status } = read(won, 200, Approval);
    expect(await cardOf(cardId)).toMatchObject({ approval_status: status, version: 2 });
    const decided = (await timelineOf(runId)).filter(({ event_type }) => /^(APPROVED|REJECTED)$/.test(event_type));
    expect(decided.map(({ event_type }) => event_type)).toEqual([status]);
    expect((await issueOf(issueId)).status).toBe('DECIDED');
  }
});

test('of many who know the same version one changes it', async () => {
  const { cardId, owner, submitter } = await compile(ISSUES.B);
  const headers = { 'If-Match': '"1"' };
  const answers = await Promise.all([
    tryTo('conditional', cardId, owner, { headers }),
    tryTo('reject', cardId, 'person-ceo-1', { headers }),
    tryTo('withdraw', cardId, submitter, { headers }),
    tryTo('approve', cardId, 'person-ceo-1', { headers }),
  ]);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status } of answers) expect([200, 409, 412]).toContain(status);
  expect((await cardOf(cardId)).version).toBe(2);
});

test('one person who clicks twice at once has decided once', async () => {
  const { cardId, owner, runId } = await compile(ISSUES.B);
  const answers = await Promise.all(Array.from({ length: 4 }, () => perform('approve', cardId, owner)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect((await cardOf(cardId)).version).toBe(2);
  expect((await timelineOf(runId)).filter(({ event_type }) => event_type === 'APPROVED')).toHaveLength(1);
});
