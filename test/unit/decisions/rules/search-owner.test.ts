import { AGENTS, DOMAINS, LEVELS, PATHS, type Agent, type Person } from '../../../../lambdas/decisions/model';
import { embedText } from '../../../../lambdas/decisions/people/local-embedder';
import { rankOf, segmentsOf, ownerPaths } from '../../../../lambdas/decisions/people/structure';
import { ownerSearchAssigned, ownerSearchCandidates } from '../../../../lambdas/decisions/rules/event-data';
import { indexOrganisation } from '../../../../lambdas/decisions/rules/organisation-index';
import { activateScope } from '../../../../lambdas/decisions/rules/scope';
import { scoreEverybody } from '../../../../lambdas/decisions/rules/score';
import { searchOwner, type OwnerQuestion } from '../../../../lambdas/decisions/rules/search-owner';
import { seeded } from '../../../support/random';
import { organisation } from '../organisation';

/** docs/contracts/decisions.md#owner-and-card */

const index = indexOrganisation(organisation());

function ask(fields: Partial<OwnerQuestion> = {}, text = 'refund of points'): OwnerQuestion {
  const { domains = ['payments'], submitterId = 'person-staff-720' } = fields;
  const routing = {
    scope: activateScope(index, { domains, tier: 'MID', submitterId }),
    scored: scoreEverybody(index, { domains, issueVector: embedText(text), openCards: new Map() }),
  };
  const risk = { requiredLevel: 'TEAM_LEAD', alarmed: [] } as const;
  return { routing, risk, domains, path: 'SOFT_GATE', submitterId, language: 'en', ...fields };
}

const DEPARTMENTS: Readonly<Record<Agent, string>> = {
  SECURITY: 'Security',
  LEGAL: 'Legal',
  FINANCE: 'Finance',
  OPS: 'Operations',
  REPUTATION: 'Sales',
};

test('whatever is asked, owner and co-reviewers are fit, distinct, and not the submitter', () => {
  const random = seeded(20261127, 'owners');
  for (let time = 0; time < 150; time += 1) {
    const domains = DOMAINS.filter(() => random.chance(0.2));
    const question = ask({
      domains,
      submitterId: random.pick(index.people).id,
      path: random.pick(PATHS),
      risk: {
        requiredLevel: random.pick(LEVELS.slice(0, 4)),
        alarmed: AGENTS.filter(() => random.chance(0.4)),
      },
    });
    const { candidates, owner, coReviewers } = searchOwner(question);
    expect(candidates).toHaveLength(5);
    expect(owner).toBe(candidates[0]?.person);
    const matches = candidates.map(({ match }) => match);
    expect(matches).toEqual([...matches].sort((a, b) => b - a));
    for (const { person, match } of candidates) {
      expect(rankOf(person.level)).toBeGreaterThanOrEqual(rankOf(question.risk.requiredLevel));
      expect(match).toBeGreaterThanOrEqual(0);
      expect(match).toBeLessThanOrEqual(1);
    }
    const all = [owner, ...coReviewers].map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
    expect([...all, ...candidates.map(({ person }) => person.id)]).not.toContain(question.submitterId);
    expect(coReviewers.length).toBeLessThanOrEqual(3);
    const wanted = question.risk.alarmed.slice(0, 3).map((agent) => DEPARTMENTS[agent]);
    if (wanted.length > 0) expect(coReviewers.map(({ department }) => department)).toEqual(wanted);
    else expect(coReviewers).toEqual(question.path === 'AUTO_APPROVE' ? [] : [candidates[1]?.person]);
  }
});

test('who is near is asked before who is far', () => {
  const question = ask();
  const departments = ownerPaths(question.domains).map((path) => segmentsOf(path)[0]);
  for (const { person } of searchOwner(question).candidates)
    expect(question.routing.scope.members.has(person.id) || departments.includes(person.department ?? '')).toBe(true);
});

test('with fewer than three near, all of the rank are asked', () => {
  const { candidates } = searchOwner(ask({ risk: { requiredLevel: 'VP', alarmed: [] } }));
  expect(candidates).toHaveLength(5);
  const departments = new Set(candidates.map(({ person }) => person.department));
  expect(departments.size).toBeGreaterThan(1);
});

test('a match is seven tenths of the score, and the rest by how far the rank goes beyond', () => {
  const question = ask();
  for (const { person, match } of searchOwner(question).candidates) {
    const score = question.routing.scored.get(person.id)?.score ?? 0;
    expect(match).toBeCloseTo(0.7 * score + 0.3 / (1 + rankOf(person.level) - 1), 12);
  }
});

test('an owner from the department that an agent calls for is not their own reviewer', () => {
  const question = ask({ domains: ['legal'], risk: { requiredLevel: 'TEAM_LEAD', alarmed: ['LEGAL'] } }, 'contract');
  const { owner, coReviewers } = searchOwner(question);
  expect(owner.department).toBe('Legal');
  expect(coReviewers).toHaveLength(1);
  expect(coReviewers[0]?.department).toBe('Legal');
  expect(coReviewers[0]?.id).not.toBe(owner.id);
});

test('nobody owns what they submitted, not even where nobody else could', () => {
  const ceo = index.people.filter(({ level }) => level === 'CEO');
  const question = ask({ submitterId: 'person-ceo-1', risk: { requiredLevel: 'CEO', alarmed: [] } });
  expect(ceo).toHaveLength(1);
  expect(() => searchOwner(question)).toThrow('Nobody of rank CEO');
});

test('events show who was found', () => {
  const ownership = searchOwner(ask());
  const shown = ({ id, name, level }: Person) => ({ id, name, level });
  const { owner, coReviewers, reason } = ownership;
  expect(ownerSearchAssigned(ownership)).toEqual({
    owner: shown(owner),
    co_reviewers: coReviewers.map(shown),
    assignment_reason: reason,
  });
  expect(ownerSearchCandidates(ownership)).toMatchObject({ count: 5, candidates: [shown(owner), {}, {}, {}, {}] });
  expect(reason).toContain(owner.title);
});
