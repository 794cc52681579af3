import type { CardAct } from '../../../lambdas/decisions/cards/act-table';
import { mayAct } from '../../../lambdas/decisions/cards/permission';
import { approveBySystem, performAct } from '../../../lambdas/decisions/cards/perform-act';
import type { Approval, CardRecord, Person } from '../../../lambdas/decisions/model';
import { approveRun } from '../../../lambdas/decisions/runs/approve-run';
import { giveFeedback } from '../../../lambdas/decisions/runs/give-feedback';
import type { DecisionPlace } from '../../../lambdas/decisions/store/audit';
import { AppError } from '../../../lambdas/platform/http/errors';
import { seeded } from '../../support/random';
import { cardRecord, OWNER, SUBMITTER } from './records';
import { auditOf, compiled, decisions, type Decisions } from './support';

let ports: Decisions;
beforeAll(async () => {
  ports = await decisions();
});

const approve: CardAct = { name: 'approve', comment: null };
const conditional: CardAct = { name: 'conditional-approve', conditions: ['a', 'b'], comment: 'Only so' };
const reject: CardAct = { name: 'reject', reason: 'Too late', comment: null };
const met = (index: number): CardAct => ({ name: 'condition-met', index, evidence: 'report 18' });
const withdraw: CardAct = { name: 'withdraw', reason: 'Superseded' };

const act = (place: DecisionPlace, what: CardAct, actorId = OWNER, ifMatch?: number): Promise<Approval> =>
  performAct(place, { act: what, actorId, ifMatch, mayAct: () => undefined }, ports);
const refusalOf = async (promise: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await promise.catch((caught: unknown) => caught);
  if (error instanceof AppError) return error;
  throw new Error('It was not refused.', { cause: error });
};
const auto = { executionPath: 'AUTO_APPROVE' as const, humanAckRequired: false };

const BEGINNINGS: Record<string, { card?: Partial<CardRecord>; acts?: CardAct[]; bySystem?: true }> = {
  PENDING: {},
  'APPROVED by system': { card: auto, bySystem: true },
  CONDITIONALLY_APPROVED: { acts: [conditional] },
  'APPROVED by a person': { acts: [approve] },
  REJECTED: { acts: [reject] },
  WITHDRAWN: { acts: [withdraw] },
};
const begin = async (name: string): Promise<DecisionPlace> => {
  const { card = {}, acts = [], bySystem } = BEGINNINGS[name] ?? {};
  const place = await compiled(ports, card);
  if (bySystem) await approveBySystem(place, ports);
  for (const what of acts) await act(place, what, 'person-vp-2');
  return place;
};

/** docs/contracts/decisions.md#state-machines, row by row. */
const ROWS: Record<string, [approve: string, conditional: string, reject: string, met: string, withdraw: string]> = {
  PENDING: ['APPROVED', 'CONDITIONALLY_APPROVED', 'REJECTED', '409', 'WITHDRAWN'],
  'APPROVED by system': ['APPROVED', 'CONDITIONALLY_APPROVED', 'REJECTED', '409', 'WITHDRAWN'],
  CONDITIONALLY_APPROVED: ['APPROVED', '409', 'REJECTED', 'CONDITIONALLY_APPROVED', 'WITHDRAWN'],
  'APPROVED by a person': ['409', '409', '409', '409', '409'],
  REJECTED: ['409', '409', '409', '409', '409'],
  WITHDRAWN: ['409', '409', '409', '409', '409'],
};
const ISSUE_AFTER: Record<string, string> = {
  APPROVED: 'DECIDED',
  CONDITIONALLY_APPROVED: 'DECIDED',
  REJECTED: 'DECIDED',
  WITHDRAWN: 'CANCELLED',
};

test.each(
  Object.entries(ROWS).flatMap(([from, to]) =>
    [approve, conditional, reject, met(0), withdraw].map((what, at) => [from, what.name, to[at] ?? '', what] as const),
  ),
)('a card that is %s: %s leads to %s', async (from, name, to, what) => {
  const place = await begin(from);
  const [before, entries] = [await ports.store.card(place), await auditOf(ports, place)];
  if (to === '409') {
    const refused = await refusalOf(act(place, what));
    expect(refused).toMatchObject({
      code: 'CARD_STATE_CONFLICT',
      message: `Card is ${before?.approvalStatus ?? ''}; ${name} is not allowed`,
      details: { status: before?.approvalStatus, action: name },
    });
    expect(await ports.store.card(place)).toEqual(before);
    expect(await auditOf(ports, place)).toEqual(entries);
    return;
  }
  expect(await act(place, what)).toMatchObject({ card_id: before?.id, status: to });
  expect(await ports.store.card(place)).toMatchObject({ approvalStatus: to, version: (before?.version ?? 0) + 1 });
  expect((await ports.store.issue(place))?.status).toBe(ISSUE_AFTER[to]);
  expect((await ports.people.openCards(place.workspace)).size).toBe(0);
});

test('conditions are met one by one, and the last one approves the card in the name of who set them', async () => {
  const place = await compiled(ports);
  const set = await act(place, conditional);
  expect(set).toMatchObject({ status: 'CONDITIONALLY_APPROVED', message: 'Approved with 2 conditions' });
  ports.clock.advance(1_000);
  expect(await act(place, met(0), SUBMITTER)).toEqual({ ...set, message: '1 of 2 conditions met' });
  expect(await ports.store.card(place)).toMatchObject({
    approvalComment: 'Only so',
    conditionsMet: false,
    conditions: [
      { text: 'a', met: true, met_by: SUBMITTER, evidence: 'report 18' },
      { text: 'b', met: false },
    ],
  });
  expect((await refusalOf(act(place, met(2)))).code).toBe('CONDITION_NOT_FOUND');
  const last = await act(place, met(1));
  expect(last).toMatchObject({ status: 'APPROVED', message: 'All conditions met', approved_by: OWNER });
  expect(last.approved_at).not.toBe(set.approved_at);
  expect((await ports.store.card(place))?.conditionsMet).toBe(true);
  expect(await act(place, met(0), SUBMITTER)).toEqual(last);
  expect(await auditOf(ports, place)).toEqual([
    `CONDITIONALLY_APPROVED by ${OWNER}`,
    `ISSUE_UPDATED by ${OWNER}`,
    `CONDITION_MET by ${SUBMITTER}`,
    `CONDITION_MET by ${OWNER}`,
  ]);
});

test('the same act by the same person with the same body is answered again and writes nothing', async () => {
  const place = await compiled(ports);
  const first = await act(place, approve, OWNER, 1);
  const [card, entries] = [await ports.store.card(place), await auditOf(ports, place)];
  expect(await act(place, approve, OWNER, 1)).toEqual(first);
  expect(await ports.store.card(place)).toEqual(card);
  expect(await auditOf(ports, place)).toEqual(entries);
  for (const other of [act(place, { ...approve, comment: 'x' }), act(place, approve, 'person-vp-2')])
    expect((await refusalOf(other)).code).toBe('CARD_STATE_CONFLICT');
});

test('a stale If-Match is refused, and a reject takes back what was approved', async () => {
  const place = await compiled(ports);
  await act(place, conditional, OWNER, 1);
  const refused = await refusalOf(act(place, reject, OWNER, 1));
  expect(refused).toMatchObject({ code: 'VERSION_MISMATCH', details: { version: 2 } });
  expect(await act(place, reject, OWNER, 2)).toMatchObject({
    status: 'REJECTED',
    approved_at: null,
    approved_by: null,
  });
  expect(await ports.store.card(place)).toMatchObject({ rejectionReason: 'Too late', approvalComment: null });
});

test('a decision counts for who made it, and is an experience of owner and participants', async () => {
  const place = await compiled(ports);
  expect(await ports.people.openCards(place.workspace)).toEqual(new Map([[OWNER, 1]]));
  ports.clock.advance(90_000);
  await act(place, reject, 'person-vp-2');
  expect(await ports.people.activity(place.workspace, 'person-vp-2', 0)).toEqual([
    expect.objectContaining({ kind: 'REJECTED', base: place.base, tookMs: 90_000 }),
  ]);
  const experiences = await ports.people.experiences(place.workspace, 'local');
  expect(experiences.map(({ personId, outcome }) => `${personId} ${outcome}`)).toEqual(
    [OWNER, 'person-lead-7', 'person-lead-11', 'person-staff-5', 'person-staff-6'].map((id) => `${id} REJECTED`),
  );
  expect(experiences[0]?.summary).toMatch(/^Loyalty points on the new ledger: Move all/);
});

test('the system approves what needs no acknowledgement, and nothing else', async () => {
  const place = await compiled(ports, auto);
  expect(await approveBySystem(place, ports)).toMatchObject({ approvalStatus: 'APPROVED', approvedBy: 'system' });
  expect(await auditOf(ports, place)).toEqual(['APPROVED by system', 'ISSUE_UPDATED by system']);
  expect(await ports.people.experiences(place.workspace, 'local')).toEqual([]);
  expect(await approveBySystem(place, ports)).toMatchObject({ version: 2 });
  for (const more of [{ ...auto, humanAckRequired: true }, { executionPath: 'SOFT_GATE' as const }])
    expect(await approveBySystem(await compiled(ports, more), ports)).toMatchObject({ approvalStatus: 'PENDING' });
  const withdrawn = await compiled(ports, auto);
  await act(withdrawn, withdraw);
  expect(await approveBySystem(withdrawn, ports)).toMatchObject({ approvalStatus: 'WITHDRAWN' });
});

test('an issue is executed once its card is approved and its run acknowledged, in either order', async () => {
  const acknowledge = (place: DecisionPlace) => approveRun(place, { userId: SUBMITTER, comment: null }, ports);
  const first = await compiled(ports);
  await act(first, approve);
  await acknowledge(first);
  expect((await ports.store.issue(first))?.status).toBe('EXECUTED');
  const second = await compiled(ports);
  await acknowledge(second);
  expect((await ports.store.issue(second))?.status).toBe('PROCESSING');
  await act(second, conditional);
  expect((await ports.store.issue(second))?.status).toBe('DECIDED');
  for (const index of [0, 1]) await act(second, met(index));
  expect((await ports.store.issue(second))?.status).toBe('EXECUTED');
});

const EVERYBODY: Pick<Person, 'id' | 'level' | 'orgPath'>[] = [
  { id: OWNER, level: 'TEAM_LEAD', orgPath: '/Engineering/Payments' },
  { id: 'same-team-lead', level: 'TEAM_LEAD', orgPath: '/Engineering/Payments' },
  { id: 'director', level: 'DIRECTOR', orgPath: '/Engineering' },
  { id: 'other-director', level: 'DIRECTOR', orgPath: '/Eng' },
  { id: 'ceo', level: 'CEO', orgPath: '/' },
  { id: 'team-staff', level: 'STAFF', orgPath: '/Engineering/Payments' },
];

test('who may decide, mark conditions and withdraw', () => {
  const people = new Map(EVERYBODY.map((person) => [person.id, person]));
  const card = cardRecord('ws', 'x');
  const allowed = (name: CardAct['name']): string[] =>
    [...people.keys(), SUBMITTER, 'person-lead-7', 'nobody'].filter((actor) => {
      try {
        mayAct(card, name, actor, people);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'NOT_AN_APPROVER' });
        return false;
      }
    });
  for (const name of ['approve', 'conditional-approve', 'reject'] as const)
    expect(allowed(name)).toEqual([OWNER, 'director', 'ceo']);
  expect(allowed('condition-met')).toEqual([OWNER, SUBMITTER, 'person-lead-7']);
  expect(allowed('withdraw')).toEqual([OWNER, SUBMITTER]);
});

/** Five hundred races, in parts that each end in time on a busy machine. */
const PARTS = [1, 2, 3, 4, 5];
const RACES = 100;
const AT_ONCE = 10;
type Racer = (place: DecisionPlace, actor: string) => Promise<unknown>;
const RACERS: Racer[] = [
  ...[approve, conditional, reject, withdraw].map(
    (what): Racer =>
      (place, actor) =>
        act(place, what, actor),
  ),
  (place) => giveFeedback(place, { userId: SUBMITTER, feedback: 'again' }, ports),
];

test.each(PARTS)('of two who act at the same moment one wins and the other is refused (part %d)', async (part) => {
  const random = seeded(20261127, `races of cards ${part}`);
  const race = async (): Promise<void> => {
    const place = await compiled(ports);
    const racers = [random.pick(RACERS), random.pick(RACERS)];
    const results = await Promise.allSettled(racers.map((racer, at) => racer(place, `racer-${at}`)));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as AppError] : []));
    expect(refused).toHaveLength(1);
    expect(refused[0]?.code).toMatch(/^(CARD|RUN)_STATE_CONFLICT$/);
    const [card, run, entries] = await Promise.all([
      ports.store.card(place),
      ports.store.run(place),
      auditOf(ports, place),
    ]);
    // Exactly one of them has left traces: a version of the card, or an iteration of the run.
    expect((card?.version ?? 0) - 1 + (run?.feedbackIteration ?? 0)).toBe(1);
    expect(entries.filter((entry) => !entry.startsWith('ISSUE_UPDATED'))).toHaveLength(1);
  };
  for (let done = 0; done < RACES; done += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, race));
});
