import { metricsOf, type Act } from '../../../../lambdas/decisions/rules/metrics';
import { indexOrganisation } from '../../../../lambdas/decisions/rules/organisation-index';
import { halfUp } from '../../../../lambdas/decisions/rules/rounding';
import { weighCandidates } from '../../../../lambdas/decisions/rules/routing-weights';
import { organisation, personOf } from '../organisation';

/** docs/contracts/decisions.md#audit-metrics-graphs-meetings */

const index = indexOrganisation(organisation());
const lead = personOf(index, 'person-lead-1');
const NO_CARDS = new Map<string, number>();

test.each([
  [0.65845, 4, 0.6585],
  [0.658449, 4, 0.6584],
  [1.005, 2, 1.01],
  [0.00005, 4, 0.0001],
  [1 / 3, 4, 0.3333],
  [2 / 3, 4, 0.6667],
  [12.25, 1, 12.3],
  [0, 4, 0],
  [1, 4, 1],
])('%s with %s decimals is %s', (value, decimals, rounded) => {
  expect(halfUp(value, decimals)).toBe(rounded);
});

describe('routing weights', () => {
  test('are those of the worked example', () => {
    expect(
      weighCandidates(index, { ids: ['person-lead-1', 'nobody'], domain: 'payments', openCards: NO_CARDS }),
    ).toEqual({
      domain: 'payments',
      weights: [
        {
          person_id: 'person-lead-1',
          score: 0.596,
          breakdown: { participation: 0.3333, domain: 0.73, tree: 1, load: 0.77 },
          weight: 1,
        },
      ],
      unknown_ids: ['nobody'],
    });
  });

  test('add up, with the best first, each person once', () => {
    const ids = ['person-staff-3', 'person-lead-1', 'person-ceo-1', 'person-lead-1', 'person-director-2'];
    const { weights } = weighCandidates(index, { ids, domain: 'payments', openCards: NO_CARDS });
    expect(weights).toHaveLength(4);
    expect(weights[0]?.person_id).toBe('person-lead-1');
    expect(weights.map(({ score }) => score)).toEqual(weights.map(({ score }) => score).sort((a, b) => b - a));
    expect(weights.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 3);
  });

  test.each([null, 'no such domain'])('look at no domain for %j', (domain) => {
    const { weights } = weighCandidates(index, { ids: ['person-lead-1'], domain, openCards: NO_CARDS });
    expect(weights[0]?.breakdown).toEqual({ participation: 0.2, domain: 0.73, tree: 1, load: 0.77 });
  });

  test('of nobody are none', () => {
    expect(weighCandidates(index, { ids: ['x', 'y', 'x'], domain: null, openCards: NO_CARDS })).toEqual({
      domain: null,
      weights: [],
      unknown_ids: ['x', 'y'],
    });
  });

  test('fall with cards that are open', () => {
    const openCards = new Map([['person-lead-1', 2]]);
    const { weights } = weighCandidates(index, { ids: ['person-lead-1'], domain: 'payments', openCards });
    expect(weights[0]?.breakdown.load).toBe(0.67);
  });
});

describe('metrics', () => {
  const of = (acts: readonly Act[], openCards = 0) =>
    metricsOf(lead, { periodDays: 90, acts, openCards, experiences: 2 });

  test('of who did nothing have no rates', () => {
    expect(of([])).toEqual({
      person_id: 'person-lead-1',
      name: 'Oh Nari',
      period_days: 90,
      issues_submitted: 0,
      cards_owned: 0,
      co_reviews: 0,
      approved: 0,
      conditionally_approved: 0,
      rejected: 0,
      decisions_total: 0,
      approval_rate: null,
      avg_decision_minutes: null,
      open_cards: 0,
      current_load: 0.23,
      experiences_total: 2,
    });
  });

  test('count what was done', () => {
    const acts: readonly Act[] = [
      { kind: 'SUBMITTED' },
      { kind: 'OWNED' },
      { kind: 'OWNED' },
      { kind: 'CO_REVIEWED' },
      { kind: 'APPROVED', tookMs: 60_000 },
      { kind: 'CONDITIONALLY_APPROVED', tookMs: 120_000 },
      { kind: 'REJECTED', tookMs: 15_000 },
    ];
    expect(of(acts, 3)).toMatchObject({
      issues_submitted: 1,
      cards_owned: 2,
      co_reviews: 1,
      approved: 1,
      conditionally_approved: 1,
      rejected: 1,
      decisions_total: 3,
      approval_rate: 0.6667,
      avg_decision_minutes: 1.1,
      open_cards: 3,
      current_load: 0.38,
    });
  });
});
