import { DOMAINS, SCOPES, TIERS, type Domain, type IssueInput } from '../../../../lambdas/decisions/model';
import { embedText } from '../../../../lambdas/decisions/people/local-embedder';
import { ownerPaths } from '../../../../lambdas/decisions/people/structure';
import { graphCandidates, vectorRanked } from '../../../../lambdas/decisions/rules/event-data';
import { countPoints } from '../../../../lambdas/decisions/rules/initial-decision';
import { indexOrganisation, withExperiences } from '../../../../lambdas/decisions/rules/organisation-index';
import { readIssue } from '../../../../lambdas/decisions/rules/read-issue';
import { routedText, routeIssue, type Routing } from '../../../../lambdas/decisions/rules/route-issue';
import { halfUp } from '../../../../lambdas/decisions/rules/rounding';
import { checkSafety } from '../../../../lambdas/decisions/rules/safety-check';
import { activateScope } from '../../../../lambdas/decisions/rules/scope';
import { scoreEverybody, scoreOf } from '../../../../lambdas/decisions/rules/score';
import { seeded, type Random } from '../../../support/random';
import { ISSUES, issueOf } from '../issues';
import { organisation } from '../organisation';

/** docs/contracts/decisions.md#routing-score */

const index = indexOrganisation(organisation());

function route(issue: IssueInput, submitterId = 'person-staff-720', openCards = new Map<string, number>()): Routing {
  const { facts, triggers, language } = readIssue(issue, []);
  const { tier } = checkSafety(countPoints(facts), triggers);
  const issueVector = embedText(routedText(issue, [], facts));
  return routeIssue(index, { facts, triggers, tier, submitterId, issueVector, openCards, language });
}

/** Says things that fire triggers, in some combination. */
const SENTENCES = ['refunds', '개인정보', 'a contract', 'vulnerability', '되돌릴 수 없', '새 화면', 'logo', '1억원'];
const drawn = (random: Random): IssueInput =>
  issueOf({
    text: [random.pick(SENTENCES), random.pick(SENTENCES)].join(' '),
    tags: DOMAINS.filter(() => random.chance(0.2)),
    impact_scope: random.pick(SCOPES),
    urgency: random.pick(TIERS),
  });

test('the first lead has the score of the check value', () => {
  // Vectors with one number each beside the issue's, so that their cosines are those of the example.
  const issueVector = Float32Array.from({ length: 256 }, (_, at) => (at === 0 ? 1 : 0));
  const alike = (cosine: number, at: number): Float32Array =>
    Float32Array.from({ length: 256 }, (_, place) =>
      place === 0 ? cosine : place === at ? Math.sqrt(1 - cosine ** 2) : 0,
    );
  const [of] = index.experiences.get('person-lead-1') ?? [];
  if (!of) throw new Error('no experience');
  const experiences = [0.3, 0.42, 0.18, -0.9, 0.1].map((cosine, at) => ({ ...of, vector: alike(cosine, at + 1) }));
  const scored = scoreEverybody(withOnly(experiences), {
    domains: ['payments', 'data'],
    issueVector,
    openCards: new Map(),
  });
  const lead = scored.get('person-lead-1');
  expect(lead?.parts.participation).toBeCloseTo(0.3, 6);
  expect(lead?.parts).toMatchObject({ domain: 0.5, tree: 1, load: 0.77 });
  expect(halfUp(lead?.score ?? 0, 4)).toBe(0.512);
  expect(lead?.nearest?.similarity).toBeCloseTo(0.42, 6);

  function withOnly(all: typeof experiences) {
    return { ...index, experiences: new Map([['person-lead-1', all]]) };
  }
});

test('open cards take from who can do more, down to nothing', () => {
  const load = (openCards: number): number | undefined =>
    scoreEverybody(index, {
      domains: [],
      issueVector: new Float32Array(256),
      openCards: new Map([['person-lead-1', openCards]]),
    }).get('person-lead-1')?.parts.load;
  expect([load(0), load(2), load(99)].map((one) => halfUp(one ?? -1, 4))).toEqual([0.77, 0.67, 0]);
});

test('an experience that a decision has added counts from then on', () => {
  const [like] = index.experiences.get('person-lead-1') ?? [];
  if (!like) throw new Error('no experience');
  const text = 'a text that nobody wrote before';
  const added = { ...like, id: 'added', personId: 'person-staff-2', summary: text, vector: embedText(text) };
  const grown = withExperiences(index, [added]);
  const nearest = (of: typeof index) =>
    scoreEverybody(of, { domains: [], issueVector: embedText(text), openCards: new Map() }).get('person-staff-2')
      ?.nearest;
  expect(nearest(grown)?.experience.id).toBe('added');
  expect(nearest(grown)?.similarity).toBeCloseTo(1, 6);
  expect(nearest(index)?.experience.id).not.toBe('added');
});

describe('the scope', () => {
  const scope = (domains: readonly Domain[], tier: 'LOW' | 'MID' | 'HIGH', submitterId = 'nobody') =>
    activateScope(index, { domains, tier, submitterId });

  test.each([
    [['payments', 'data'], 'payments_team'],
    [['security'], 'appsec_team'],
    [['customer_comms'], 'support_team'],
    [[], 'core_team'],
  ] as const)('of %j is called %s', (domains, name) => {
    expect(scope(domains, 'MID').name).toBe(name);
  });

  test('is the owner teams and who works with them, one step for LOW and two for others', () => {
    const domains = ['payments', 'legal'] as const;
    const start = index.people.filter(({ orgPath }) => ownerPaths(domains).includes(orgPath)).map(({ id }) => id);
    const reached = [new Set(start)];
    for (const hop of [1, 2]) {
      const before = reached[hop - 1] ?? new Set<string>();
      const next = new Set(before);
      for (const { a, b } of index.collaborations) {
        if (before.has(a)) next.add(b);
        if (before.has(b)) next.add(a);
      }
      reached.push(next);
    }
    expect(scope(domains, 'LOW')).toMatchObject({ hop: 1, members: reached[1] });
    expect(scope(domains, 'MID')).toMatchObject({ hop: 2, members: reached[2] });
    expect(scope(domains, 'HIGH').members).toEqual(reached[2]);
  });

  test('lacks the submitter', () => {
    const all = scope(['payments'], 'LOW').members;
    expect(all.has('person-lead-1')).toBe(true);
    expect(scope(['payments'], 'LOW', 'person-lead-1').members).toEqual(
      new Set([...all].filter((id) => id !== 'person-lead-1')),
    );
  });
});

describe('of issue A', () => {
  const routing = route(ISSUES.A);

  test('events show it', () => {
    expect(graphCandidates(routing)).toMatchObject({ count: 50 });
    const { core_nodes, reference_nodes } = vectorRanked(routing);
    expect([core_nodes.length, reference_nodes.length]).toEqual([12, 5]);
    for (const { score, breakdown } of core_nodes) {
      expect(Math.abs(score - scoreOf(breakdown))).toBeLessThan(0.0002);
      for (const value of [score, ...Object.values(breakdown)]) expect(value).toBe(halfUp(value, 4));
    }
  });

  test('security is not asked, finance is', () => {
    const departments = routing.participants.map(({ person }) => person.department);
    expect(departments.slice(1, 2)).toEqual(['Finance']);
    expect(departments).not.toContain('Security');
    expect(routing.participants[0]?.person).toBe(routing.core[0]?.person);
  });
});

test('whatever is asked, the lists are whole, in order, and without the submitter', () => {
  const random = seeded(20261127, 'routing');
  for (let time = 0; time < 60; time += 1) {
    const submitterId = random.pick(index.people).id;
    const issue = drawn(random);
    const openCards = new Map([[random.pick(index.people).id, random.whole(1, 30)]]);
    const { scope, candidates, core, references, participants, scored } = route(issue, submitterId, openCards);
    const ids = (all: readonly { readonly person: { readonly id: string } }[]) => all.map(({ person }) => person.id);
    expect(scored.size).toBe(1200);
    const values = [...scored.values()].flatMap(({ score, parts: { participation, domain, tree, load } }) => [
      score,
      participation,
      domain,
      tree,
      load,
    ]);
    expect(values.filter((value) => !(value >= 0 && value <= 1))).toEqual([]);
    expect([candidates.length, core.length, participants.length]).toEqual([50, 12, 5]);
    for (const list of [candidates, core, references, participants]) {
      expect(new Set(ids(list)).size).toBe(list.length);
      expect(ids(list)).not.toContain(submitterId);
    }
    for (const id of ids(candidates)) expect(scope.members.has(id)).toBe(true);
    for (const id of ids(core)) expect(ids(candidates)).toContain(id);
    for (const id of ids(references)) expect(ids(core)).not.toContain(id);
    const falling = (values: readonly number[]) => [...values].sort((a, b) => b - a);
    expect(core.map(({ score }) => score)).toEqual(falling(core.map(({ score }) => score)));
    expect(references.map((one) => one.similarity)).toEqual(falling(references.map((one) => one.similarity)));
    const least = core.at(-1)?.score ?? 0;
    for (const one of candidates) if (!ids(core).includes(one.person.id)) expect(one.score).toBeLessThanOrEqual(least);
  }
});

test('departments that have to be heard are, by their best', () => {
  const issue = issueOf({ text: 'Personal data of refunds', tags: ['privacy', 'payments'] });
  const { participants, core, scored } = route(issue);
  const best = (department: string) =>
    [...scored.values()]
      .filter(({ person }) => person.department === department && person.id !== core[0]?.person.id)
      .sort((a, b) => b.score - a.score)[0]?.person.id;
  expect(participants.slice(1, 4).map(({ person }) => person.id)).toEqual(['Security', 'Legal', 'Finance'].map(best));
  expect(participants.map(({ perspective }) => perspective).slice(1, 4)).toEqual([
    'department Security',
    'department Legal',
    'department Finance',
  ]);
});

test('a small organisation has as many participants as it has people', () => {
  const few = index.people.slice(0, 7);
  const small = indexOrganisation({ people: few, collaborations: [], experiences: [] });
  const { facts, triggers, language } = readIssue(ISSUES.D, []);
  const issueVector = new Float32Array(256);
  const submitterId = few[0]?.id ?? '';
  const question = { facts, triggers, language, tier: 'LOW', submitterId, issueVector, openCards: new Map() } as const;
  expect(routeIssue(small, question).participants).toHaveLength(5);
});
