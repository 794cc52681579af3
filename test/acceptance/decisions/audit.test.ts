import * as z from 'zod';
import { get, post, read, refusalWithDetail } from '../../support/api';
import { as, compile, meet, perform, timelineOf, type Compiled } from '../../support/decided';
import { AuditEntry } from '../../support/decision-shapes';
import { AS_USER, dataOf, followRun, ISSUES, submit, USER } from '../../support/decisions';
import { waitFor } from '../../support/wait';

/** docs/contracts/decisions.md#audit-metrics-graphs-meetings: what is noted, in which order, and how it is found. */

const UNKNOWN_RUN = 'run_00000000000000000000000000';
const AGENTS = ['SECURITY', 'LEGAL', 'FINANCE', 'OPS', 'REPUTATION'];

const logs = async (query: string): Promise<AuditEntry[]> =>
  read(await get(`/api/audit/logs${query}`, { headers: AS_USER }), 200, z.array(AuditEntry));
const names = (entries: readonly AuditEntry[]) => entries.map(({ event_type }) => event_type);
/** They may stand between any others. */
const apartFromMoves = (entries: readonly AuditEntry[]) =>
  entries.filter(({ event_type }) => event_type !== 'ISSUE_UPDATED');

/** What is noted of one iteration, from RUN_STARTED on. */
const iterationOf = ({ coReviewers }: Pick<Compiled, 'coReviewers'>) => [
  'RUN_STARTED',
  'RISK_REVIEW_STARTED',
  ...AGENTS.map(() => 'RISK_AGENT_COMPLETED'),
  'RISK_REVIEW_COMPLETED',
  'OWNER_SEARCH_STARTED',
  'OWNER_ASSIGNED',
  ...coReviewers.map(() => 'CO_REVIEWER_ASSIGNED'),
  'DECISION_CARD_CREATED',
  'APPROVAL_REQUESTED',
  'RUN_COMPLETED',
];

describe('the timeline', () => {
  test.each(['A', 'B', 'C', 'E'] as const)('of issue %s has its entries in the order of the contract', async (name) => {
    const compiled = await compile(ISSUES[name]);
    const entries = await timelineOf(compiled.runId);
    expect(names(apartFromMoves(entries))).toEqual(['ISSUE_CREATED', ...iterationOf(compiled)]);
    const times = entries.map(({ event_timestamp }) => Date.parse(event_timestamp));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { run_id, issue_id } of entries) expect([run_id, issue_id]).toEqual([compiled.runId, compiled.issueId]);
  });

  test('says of each entry who did what to what', async () => {
    const { runId, issueId, cardId, owner, coReviewers } = await compile(ISSUES.A);
    const entries = await timelineOf(runId);
    const of = (name: string) => entries.filter(({ event_type }) => event_type === name);
    const [created] = entries;
    expect(created).toEqual({
      ...{ id: created?.id, event_type: 'ISSUE_CREATED', event_timestamp: created?.event_timestamp },
      ...{ resource_type: 'ISSUE', resource_id: issueId, actor_id: USER, actor_type: 'PERSON' },
      ...{ detail: { tags: ISSUES.A.tags }, run_id: runId, issue_id: issueId, card_id: null },
    });
    const agents = of('RISK_AGENT_COMPLETED');
    expect(agents.map(({ actor_id }) => actor_id).sort()).toEqual(AGENTS.toSorted());
    for (const entry of agents) expect(entry).toMatchObject({ actor_type: 'AGENT', resource_type: 'RISK_FINDING' });
    expect(of('OWNER_ASSIGNED')).toMatchObject([{ resource_type: 'PERSON', resource_id: owner }]);
    const reviewers = of('CO_REVIEWER_ASSIGNED');
    expect(reviewers.map(({ resource_id }) => resource_id)).toEqual(coReviewers);
    for (const entry of reviewers) expect(entry.resource_type).toBe('PERSON');
    for (const name of ['DECISION_CARD_CREATED', 'APPROVAL_REQUESTED'])
      expect(of(name)).toMatchObject([{ resource_type: 'DECISION_CARD', resource_id: cardId, card_id: cardId }]);
    for (const name of ['RUN_STARTED', 'RUN_COMPLETED'])
      expect(of(name)).toMatchObject([{ resource_type: 'DECISION_RUN', resource_id: runId }]);
    for (const { actor_type, event_type } of entries.slice(1))
      expect(actor_type).toBe(event_type === 'RISK_AGENT_COMPLETED' ? 'AGENT' : 'SYSTEM');
    expect(of('ISSUE_UPDATED').length).toBeGreaterThan(0);
  });

  test('goes on with what people do and say', async () => {
    const { runId, cardId, owner } = await compile(ISSUES.B);
    const before = (await timelineOf(runId)).length;
    const utterances = [{ turn: 1, speaker_role: 'PM', text: 'Half first?' }];
    await post(`/api/meetings/${runId}`, { utterances }, { headers: as('person-staff-1') });
    await post(`/api/decisions/runs/${runId}/feedback`, { feedback: 'Half first' }, { headers: AS_USER });
    const second = await followRun(runId);
    const reviewers = z.array(z.string()).parse(dataOf(second, 'decision_card.assigned')['co_reviewer_ids']);
    const newOwner = String(dataOf(second, 'decision_card.assigned')['owner_id']);
    await perform('conditional', cardId, newOwner);
    await meet(cardId, 0, newOwner);
    await meet(cardId, 1, USER);
    await post(`/api/decisions/runs/${runId}/approve`, { comment: 'Fine' }, { headers: AS_USER });
    const entries = apartFromMoves((await timelineOf(runId)).slice(before));
    expect(names(entries)).toEqual([
      ...['COMMENT_ADDED', 'COMMENT_ADDED', ...iterationOf({ coReviewers: reviewers })],
      ...['CONDITIONALLY_APPROVED', 'CONDITION_MET', 'CONDITION_MET', 'COMMENT_ADDED'],
    ]);
    const people = entries.filter(({ actor_type }) => actor_type === 'PERSON').map(({ actor_id }) => actor_id);
    expect(people).toEqual(['person-staff-1', USER, newOwner, newOwner, USER, USER]);
    expect(owner).toMatch(/^person-/);
  });

  test('tells of the system’s approval as the system’s', async () => {
    const { runId, cardId } = await compile(ISSUES.D);
    const [approved] = await untilLogged(`?run_id=${runId}&event_type=APPROVED`);
    expect(approved).toMatchObject({ actor_type: 'SYSTEM', actor_id: 'system', resource_id: cardId, card_id: cardId });
  });

  test('of an unknown run is not found', async () => {
    for (const id of [UNKNOWN_RUN, 'x'])
      refusalWithDetail(await get(`/api/audit/runs/${id}/timeline`, { headers: AS_USER }), 404, 'RUN_NOT_FOUND');
  });
});

const untilLogged = (query: string): Promise<AuditEntry[]> =>
  waitFor(`entries of ${query}`, async () => {
    const found = await logs(query);
    return found.length > 0 ? found : undefined;
  });

describe('the logs', () => {
  let compiled: Compiled;
  let entries: AuditEntry[];
  beforeAll(async () => {
    compiled = await compile(ISSUES.A);
    await perform('approve', compiled.cardId, compiled.owner);
    entries = (await timelineOf(compiled.runId)).toReversed();
  });

  test('of a run are its timeline, newest first', async () => {
    expect(await logs(`?run_id=${compiled.runId}`)).toEqual(entries);
    expect(await logs(`/?run_id=${compiled.runId}`)).toEqual(entries);
    const all = await logs('?limit=1000');
    const times = all.map(({ event_timestamp }) => Date.parse(event_timestamp));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  test('are found by each filter, and by all of them at once', async () => {
    const { runId, cardId, issueId, owner } = compiled;
    const approved = entries.filter(({ event_type }) => event_type === 'APPROVED');
    expect(approved).toHaveLength(1);
    const by: Record<string, (entry: AuditEntry) => boolean> = {
      'resource_type=DECISION_CARD': ({ resource_type }) => resource_type === 'DECISION_CARD',
      [`resource_id=${cardId}`]: ({ resource_id }) => resource_id === cardId,
      [`actor_id=${owner}`]: ({ actor_id }) => actor_id === owner,
      'event_type=APPROVED': ({ event_type }) => event_type === 'APPROVED',
    };
    for (const [query, isMeant] of Object.entries(by)) {
      expect(await logs(`?run_id=${runId}&${query}`)).toEqual(entries.filter(isMeant));
      const anywhere = await logs(`?limit=1000&${query}`);
      expect(anywhere.every(isMeant)).toBe(true);
      expect(anywhere).toEqual(expect.arrayContaining(entries.filter(isMeant)));
    }
    const queries = Object.keys(by);
    expect(await logs(`?run_id=${runId}&${queries.join('&')}`)).toEqual(approved);
    expect(await logs(`?${queries.join('&')}`)).toEqual(approved);
    expect(await logs(`?resource_id=${issueId}&event_type=ISSUE_CREATED`)).toEqual(entries.slice(-1));
    expect(await logs(`?resource_id=${issueId}&event_type=APPROVED`)).toEqual([]);
    for (const query of [
      'event_type=NOTHING',
      'resource_type=x',
      'actor_id=nobody',
      `run_id=${UNKNOWN_RUN}`,
      'run_id=x',
    ])
      expect(await logs(`?${query}`)).toEqual([]);
  });

  test('are read in parts', async () => {
    const of = (query: string) => logs(`?run_id=${compiled.runId}&${query}`);
    expect(await of('limit=3')).toEqual(entries.slice(0, 3));
    expect(await of('limit=3&offset=3')).toEqual(entries.slice(3, 6));
    expect(await of(`offset=${entries.length - 1}`)).toEqual(entries.slice(-1));
    expect(await of('offset=100000')).toEqual([]);
    for (const limit of ['0', '-7']) expect(await of(`limit=${limit}`)).toEqual(entries.slice(0, 1));
    expect(await of('event_type=RISK_AGENT_COMPLETED&limit=2&offset=4')).toHaveLength(1);
  });

  test('are 100 unless told otherwise, and at most 1,000', async () => {
    const { runId } = compiled;
    // Six runs have more than 100 entries.
    await Promise.all(Array.from({ length: 6 }, () => compile(ISSUES.E)));
    expect(await logs('')).toHaveLength(100);
    for (const query of ['limit=1001', 'limit=x', 'limit=1.5', 'offset=-1', 'offset=x']) {
      const answer = await get(`/api/audit/logs?run_id=${runId}&${query}`, { headers: AS_USER });
      refusalWithDetail(answer, 400, 'VALIDATION_ERROR');
    }
    expect(await logs(`?run_id=${runId}&limit=1000`)).toEqual(entries);
  });

  test('are changed by nobody', async () => {
    const [entry] = entries;
    for (const path of ['/api/audit/logs', `/api/audit/logs/${entry?.id}`])
      expect((await post(path, {}, { headers: AS_USER })).status).toBeGreaterThanOrEqual(404);
    expect((await logs(`?run_id=${compiled.runId}`)).at(0)).toEqual(entry);
  });
});

test('what is noted of a run that is under way is a beginning of what is noted in the end', async () => {
  const { run_id } = await submit(ISSUES.A);
  const early = await timelineOf(run_id);
  await followRun(run_id);
  expect((await timelineOf(run_id)).slice(0, early.length)).toEqual(early);
});
