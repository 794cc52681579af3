import * as z from 'zod';
import { get, post, read, refusalWithDetail } from '../../support/api';
import { as, compile, perform } from '../../support/decided';
import { Metrics, Person, RoutingWeights } from '../../support/decision-shapes';
import { AS_USER, ISSUES, submit } from '../../support/decisions';
import { loadOf, strengthOf } from '../../support/organisation-rules';

/** docs/contracts/decisions.md#audit-metrics-graphs-meetings: figures of people. */

type Metrics = z.output<typeof Metrics>;

const metricsOf = async (id: string, query = ''): Promise<Metrics> =>
  read(await get(`/api/audit/persons/${id}/metrics${query}`, { headers: AS_USER }), 200, Metrics);
const weigh = async (candidate_ids: readonly string[], domain?: string | null) =>
  read(await post('/api/audit/routing-weights', { candidate_ids, domain }, { headers: AS_USER }), 200, RoutingWeights);
const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));
const nobody = (path: string) => get(path, { headers: AS_USER });

describe('metrics', () => {
  test('count what somebody has submitted', async () => {
    const submitter = 'person-staff-801';
    const before = await metricsOf(submitter);
    for (let at = 0; at < 2; at += 1) await submit(ISSUES.D, as(submitter));
    expect(await metricsOf(submitter)).toEqual({ ...before, issues_submitted: before.issues_submitted + 2 });
  });

  test('count what somebody has decided, and how long that took', async () => {
    const people = read(await get('/api/persons/?role=AH', { headers: AS_USER }), 200, z.array(Person));
    const acts = ['approve', 'conditional', 'reject', 'approve'] as const;
    const cards = [];
    for (const act of acts) cards.push({ act, ...(await compile({ text: 'New colours', tags: ['brand'] })) });
    const owners = cards.map(({ owner }) => owner);
    // Above each of the owners, who are of one department, and in no other test.
    const decider = people.findLast(
      ({ id, level, department }) => level === 'DIRECTOR' && department === 'Sales' && !owners.includes(id),
    );
    if (!decider) throw new Error('Sales has no director but owners');
    const before = await metricsOf(decider.id);
    expect(before).toMatchObject({ person_id: decider.id, name: decider.name, period_days: 90 });
    if (before.decisions_total === 0) expect(before).toMatchObject({ approval_rate: null, avg_decision_minutes: null });
    for (const { act, cardId } of cards) await perform(act, cardId, decider.id);
    const after = await metricsOf(decider.id);
    const decided = before.decisions_total + 4;
    expect(after).toMatchObject({
      ...{ approved: before.approved + 2, conditionally_approved: before.conditionally_approved + 1 },
      ...{ rejected: before.rejected + 1, decisions_total: decided },
      approval_rate: rounded((after.approved + after.conditionally_approved) / decided, 4),
    });
    expect(after.avg_decision_minutes).toBe(rounded(after.avg_decision_minutes ?? -1, 1));
    expect(await metricsOf(decider.id, '?period_days=1')).toEqual({ ...after, period_days: 1 });
    expect(await metricsOf(decider.id, '?period_days=365')).toEqual({ ...after, period_days: 365 });
  });

  test('count what somebody owns and reviews, has open and has seen', async () => {
    const { owner, coReviewers, cardId } = await compile(ISSUES.A);
    const owned = await metricsOf(owner);
    expect(owned.cards_owned).toBeGreaterThanOrEqual(1);
    for (const id of coReviewers) expect((await metricsOf(id)).co_reviews).toBeGreaterThanOrEqual(1);
    const load = ({ open_cards }: Metrics) => Math.min(1, loadOf(owner) + 0.05 * open_cards);
    expect(owned.open_cards).toBeGreaterThanOrEqual(1);
    expect(owned.current_load).toBeCloseTo(load(owned), 4);
    await perform('approve', cardId, owner);
    const decided = await metricsOf(owner);
    expect(decided.experiences_total).toBeGreaterThan(owned.experiences_total);
    expect(decided.current_load).toBeCloseTo(load(decided), 4);
  });

  test('are of 1 to 365 days, and of somebody', async () => {
    for (const days of ['0', '366', '-1', 'x', '1.5']) {
      const answer = await nobody(`/api/audit/persons/person-staff-1/metrics?period_days=${days}`);
      expect(refusalWithDetail(answer, 400, 'VALIDATION_ERROR').details).toMatchObject({ field: 'period_days' });
    }
    for (const id of ['user-123', 'person-staff-841', 'me'])
      refusalWithDetail(await nobody(`/api/audit/persons/${id}/metrics`), 404, 'PERSON_NOT_FOUND');
  });
});

describe('routing weights', () => {
  test('are those of the worked example, but for what other tests have added', async () => {
    const { open_cards } = await metricsOf('person-lead-1');
    const { weights, ...rest } = await weigh(['person-lead-1', 'nobody'], 'payments');
    expect(rest).toEqual({ domain: 'payments', unknown_ids: ['nobody'] });
    expect(weights).toHaveLength(1);
    expect(weights[0]).toMatchObject({ person_id: 'person-lead-1', weight: 1, breakdown: { domain: 0.73, tree: 1 } });
    const { participation = 0, load } = weights[0]?.breakdown ?? {};
    expect([0.3333, 0.6667, 1]).toContain(participation);
    if (open_cards === 0) expect(load).toBe(0.77);
    if (participation === 0.3333 && load === 0.77) expect(weights[0]?.score).toBe(0.596);
  });

  test('follow from experience, strength, distance and load', async () => {
    // Of Operations/Logistics, Engineering/Infra, and Engineering as a whole: away from what other tests decide.
    const ids = ['person-staff-16', 'person-staff-2', 'person-director-2', 'person-ceo-1'];
    const { weights } = await weigh(ids, 'infra');
    const trees: Readonly<Record<string, number>> = {
      'person-staff-16': Math.exp(-0.5 * 4),
      'person-staff-2': 1,
      'person-director-2': Math.exp(-0.5),
      'person-ceo-1': Math.exp(-0.5 * 2),
    };
    expect(weights.map(({ person_id }) => person_id).sort()).toEqual(ids.toSorted());
    for (const { person_id, score, breakdown } of weights) {
      const isOfTeam = person_id.startsWith('person-staff');
      expect([0, 0.3333, 0.6667, 1]).toContain(breakdown.participation);
      expect(breakdown.domain).toBe(strengthOf(person_id, 'infra', isOfTeam));
      expect(breakdown.tree).toBe(rounded(trees[person_id] ?? 0, 4));
      const { open_cards } = await metricsOf(person_id);
      expect(breakdown.load).toBeCloseTo(1 - Math.min(1, loadOf(person_id) + 0.05 * open_cards), 3);
      const { participation, domain, tree, load } = breakdown;
      expect(score).toBeCloseTo(0.45 * participation + 0.3 * domain + 0.15 * tree + 0.1 * load, 3);
    }
    const scores = weights.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const sum = scores.reduce((total, score) => total + score, 0);
    for (const { score, weight } of weights) expect(weight).toBeCloseTo(score / sum, 3);
  });

  test.each([undefined, null, 'no-such-domain'])('without a domain (%p) are about all experience', async (domain) => {
    const id = 'person-staff-16';
    const { experiences_total } = await metricsOf(id);
    const { weights } = await weigh([id], domain);
    expect(weights[0]).toMatchObject({
      weight: 1,
      breakdown: { participation: Math.min(1, experiences_total / 10), tree: 1 },
    });
    expect(weights[0]?.breakdown.domain).toBe(strengthOf(id, 'infra', true));
  });

  test('are of 1 to 1,000 candidates, known or not', async () => {
    const ids = Array.from({ length: 1_000 }, (_, at) => `unknown-${at}`);
    expect(await weigh(ids)).toEqual({ domain: null, weights: [], unknown_ids: ids });
    for (const candidate_ids of [[], [...ids, 'x'], 'person-lead-1', undefined, [1]]) {
      const answer = await post('/api/audit/routing-weights', { candidate_ids }, { headers: AS_USER });
      const { details } = refusalWithDetail(answer, 400, 'VALIDATION_ERROR');
      expect(String(details?.['field'])).toMatch(/^candidate_ids/);
    }
  });
});
