import { compileRun } from '../../../../lambdas/decisions/compile/compile-run';
import { giveFeedback } from '../../../../lambdas/decisions/runs/give-feedback';
import type { LoggedEvent } from '../../../../lambdas/engine/events/logged-event';
import { transact } from '../../../../lambdas/platform/dynamo/transact';
import { ofRun, person } from '../../../../lambdas/decisions/store/entries';
import { ISSUES } from '../issues';
import { SUBMITTER } from '../records';
import { ALL_ROWS, bench, rowsOf, type Bench } from './support';

/** Runs with the provider `rules`, from the issue to the card (docs/contracts/decisions.md#events). */

let on: Bench;
beforeAll(async () => {
  on = await bench();
});

const dataOf = (events: readonly LoggedEvent[], name: string) => {
  const found = events.filter(({ event }) => event === name).at(-1);
  if (!found) throw new Error(`There is no event ${name}.`);
  return found.data;
};

test.each([
  ['A', 'MID', 'HIGH', 'HARD_GATE', 4, 3.5, 'TEAM_LEAD', 'APPROVE', true],
  ['B', 'LOW', 'MID', 'SOFT_GATE', 4, 2.9, 'TEAM_LEAD', 'APPROVE', true],
  ['C', 'LOW', 'HIGH', 'HARD_GATE', 4, 4, 'DIRECTOR', 'DEFER', true],
  ['D', 'LOW', 'LOW', 'AUTO_APPROVE', 0, 0, 'STAFF', 'APPROVE', false],
  ['E', 'HIGH', 'HIGH', 'HARD_GATE', 7, 4.5, 'VP', 'REJECT', true],
] as const)(
  'issue %s goes through all rows in their order, with its check values',
  async (name, initial, tier, path, findings, score, level, action, ack) => {
    const place = await on.submit(ISSUES[name]);
    expect(await compileRun(place, on.ports)).toBe('completed');
    const events = await on.events(place);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(rowsOf(events)).toEqual(ALL_ROWS);
    expect(dataOf(events, 'initial_decision.completed')).toMatchObject({ risk_tier: initial, provider: 'rules' });
    expect(dataOf(events, 'rule_applied')).toMatchObject({ risk_tier: tier, execution_path: path });
    expect(dataOf(events, 'risk_review.completed')).toEqual({
      overall_risk_score: score,
      required_owner_level: level,
      total_findings: findings,
      human_ack_required: ack,
    });
    expect(dataOf(events, 'decision_card')).toMatchObject({ action, risk_tier: tier, execution_path: path });
    const card = await on.ports.store.card(place);
    expect(dataOf(events, 'decision_card.assigned')).toEqual({
      card_id: card?.id,
      owner_id: card?.ownerId,
      owner_name: card?.ownerName,
      co_reviewer_ids: card?.coReviewerIds,
      approval_status: 'PENDING',
    });
    expect(await on.run(place)).toMatchObject({ status: 'COMPLETED', attempt: 1, cardId: card?.id });
    expect(await on.ports.store.issue(place)).toMatchObject({ riskTier: tier });
    expect(await on.ports.openRuns.find(place)).toBeUndefined();
  },
);

test('texts come in pieces: two at least, the last one not empty, and together the whole', async () => {
  const place = await on.submit(ISSUES.B);
  await compileRun(place, on.ports);
  const events = await on.events(place);
  const thinking = events.filter(({ event }) => event === 'initial_decision.thinking').map(({ data }) => data);
  expect(thinking.length).toBeGreaterThanOrEqual(2);
  expect(thinking.map(({ is_final }) => is_final)).toEqual(thinking.map((_, at) => at === thinking.length - 1));
  expect(thinking.at(-1)?.['content']).not.toBe('');
  const whole = dataOf(events, 'initial_decision.completed')['reasoning'];
  expect(thinking.map(({ content }) => content).join('')).toBe(whole);
});

test('each agent says something and comes to one end, while the others do', async () => {
  const place = await on.submit();
  await compileRun(place, on.ports);
  const messages = (await on.events(place)).filter(({ event }) => event === 'risk_review.agent.message');
  const byAgent = Map.groupBy(messages, ({ data }) => data['agent_type']);
  expect([...byAgent.keys()].sort()).toEqual(['FINANCE', 'LEGAL', 'OPS', 'REPUTATION', 'SECURITY']);
  for (const said of byAgent.values()) {
    const types = said.map(({ data }) => data['message_type']);
    expect(types.slice(0, -1).length).toBeGreaterThan(0);
    expect(types).toEqual([...types.slice(0, -1).fill('delta'), 'final']);
    const last = said.at(-1)?.data;
    expect(last?.['findings_count']).toBe((last?.['findings'] as unknown[]).length);
  }
  const agents = messages.map(({ data }) => data['agent_type']);
  const changes = agents.filter((agent, at) => agent !== agents[at - 1]).length;
  expect(changes).toBeGreaterThan(byAgent.size);
});

test('the audit log tells of it in the order of the contract', async () => {
  const place = await on.submit();
  await compileRun(place, on.ports);
  const card = await on.ports.store.card(place);
  expect((await on.audited(place)).filter((type) => type !== 'ISSUE_UPDATED')).toEqual([
    'RUN_STARTED',
    'RISK_REVIEW_STARTED',
    ...Array<string>(5).fill('RISK_AGENT_COMPLETED'),
    'RISK_REVIEW_COMPLETED',
    'OWNER_SEARCH_STARTED',
    'OWNER_ASSIGNED',
    ...Array<string>(card?.coReviewerIds?.length ?? 0).fill('CO_REVIEWER_ASSIGNED'),
    'DECISION_CARD_CREATED',
    'APPROVAL_REQUESTED',
    'RUN_COMPLETED',
  ]);
});

test('however often it is started, it is executed once', async () => {
  const place = await on.submit();
  const starts = await Promise.all(Array.from({ length: 8 }, () => compileRun(place, on.ports)));
  expect(starts.filter((came) => came === 'completed')).toHaveLength(1);
  expect(starts.filter((came) => came === 'nothing to do')).toHaveLength(7);
  expect(await compileRun(place, on.ports)).toBe('nothing to do');
  expect(rowsOf(await on.events(place))).toEqual(ALL_ROWS);
  expect((await on.run(place)).attempt).toBe(1);
});

test('what is found is kept for the subgraph before the owner is told', async () => {
  const place = await on.submit();
  await compileRun(place, on.ports);
  const [compiled, card] = await Promise.all([on.ports.store.compiled(place), on.ports.store.card(place)]);
  expect(compiled).toMatchObject({
    feedbackIteration: 0,
    domains: ['payments', 'data'],
    ownerId: card?.ownerId,
    coReviewerIds: card?.coReviewerIds,
  });
  expect(compiled?.participants).toHaveLength(5);
  expect(compiled?.participants).not.toContain(SUBMITTER);
  expect(compiled?.vector).toHaveLength(256);
});

test('the owner has one more open card, and takes part', async () => {
  const place = await on.submit();
  await compileRun(place, on.ports);
  const card = await on.ports.store.card(place);
  const ownerId = card?.ownerId ?? '';
  expect([...(await on.ports.people.openCards(place.workspace))]).toEqual([[ownerId, 1]]);
  const kindsOf = async (id: string) =>
    (await on.ports.people.activity(place.workspace, id, 0)).map(({ kind }) => kind);
  expect(await kindsOf(ownerId)).toEqual(['OWNED']);
  for (const id of card?.coReviewerIds ?? []) expect(await kindsOf(id)).toEqual(['CO_REVIEWED']);
});

describe('a card that nobody has to acknowledge', () => {
  test('is approved by the system once the stream has said that it is PENDING', async () => {
    const place = await on.submit(ISSUES.D);
    await compileRun(place, on.ports);
    expect(dataOf(await on.events(place), 'decision_card.assigned')).toMatchObject({ approval_status: 'PENDING' });
    const card = await on.ports.store.card(place);
    expect(card).toMatchObject({ approvalStatus: 'APPROVED', approvedBy: 'system', version: 2 });
    expect((await on.ports.store.issue(place))?.status).toBe('DECIDED');
    expect((await on.audited(place)).slice(-2)).toEqual(['APPROVED', 'ISSUE_UPDATED']);
    expect([...(await on.ports.people.openCards(place.workspace))]).toEqual([]);
  });
});

describe('after feedback', () => {
  const feedback = async (place: Awaited<ReturnType<Bench['submit']>>, text: string) =>
    giveFeedback(place, { userId: SUBMITTER, feedback: text }, { ...on.ports, start: () => Promise.resolve() });

  test('the run goes through all rows again, ids go on, and the same card is written anew', async () => {
    const place = await on.submit(ISSUES.B);
    await compileRun(place, on.ports);
    const [before, first] = [await on.ports.store.card(place), await on.events(place)];
    await feedback(place, 'The budget is 6,000만원');
    expect(await compileRun(place, on.ports)).toBe('completed');
    const second = await on.events(place, first.length);
    expect(rowsOf(second)).toEqual(ALL_ROWS);
    expect(second[0]?.seq).toBe(first.length + 1);
    expect(dataOf(second, 'rule_applied')).toMatchObject({ budget_impact: 'HIGH', risk_tier: 'HIGH' });
    const after = await on.ports.store.card(place);
    expect(after).toMatchObject({
      id: before?.id,
      createdAt: before?.createdAt,
      version: 2,
      budgetEstimate: 60_000_000,
    });
    const openCards = [...(await on.ports.people.openCards(place.workspace))];
    expect(openCards).toEqual([[after?.ownerId, 1]]);
    expect(await on.run(place)).toMatchObject({ status: 'COMPLETED', attempt: 2, feedbackIteration: 1 });
  });

  test('a card that the system had approved waits for people again, if the risk has risen', async () => {
    const place = await on.submit(ISSUES.D);
    await compileRun(place, on.ports);
    await feedback(place, 'It cannot be undone');
    expect(await compileRun(place, on.ports)).toBe('completed');
    const card = await on.ports.store.card(place);
    expect(card).toMatchObject({ approvalStatus: 'PENDING', approvedBy: null, executionPath: 'HARD_GATE', version: 3 });
    expect((await on.ports.store.issue(place))?.status).toBe('PROCESSING');
  });
});

test('people who write to the audit log meanwhile do not stop it', async () => {
  const place = await on.submit();
  let said = 0;
  /** Somebody says something each time the worker asks its provider. */
  const speak = async (): Promise<void> => {
    said += 1;
    const entry = ofRun('COMMENT_ADDED', place.base, person('person-staff-1'));
    const { writes } = on.ports.audit.added(place, await on.ports.audit.head(place), [entry], on.clock.now());
    await transact(on.ports.db, writes);
  };
  const provider = on.ports.provider('rules');
  const came = await compileRun(place, {
    ...on.ports,
    provider: () => ({
      ...provider,
      decide: async (question, call) => (await speak(), provider.decide(question, call)),
      compose: async (question, call) => (await speak(), provider.compose(question, call)),
    }),
  });
  expect([came, said]).toEqual(['completed', 2]);
  expect(rowsOf(await on.events(place))).toEqual(ALL_ROWS);
  const types = await on.audited(place);
  expect(types.filter((type) => type === 'COMMENT_ADDED')).toHaveLength(2);
  expect(types.filter((type) => type === 'RISK_AGENT_COMPLETED')).toHaveLength(5);
});
