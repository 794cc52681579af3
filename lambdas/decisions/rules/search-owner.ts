import { AGENTS, type Agent, type Domain, type Path, type Person } from '../model';
import { ownerPaths, rankOf, segmentsOf } from '../people/structure';
import { bestFirst } from './organisation-index';
import type { Risk } from './risk';
import type { Routing } from './route-issue';
import { bestByScore } from './route-issue';
import type { Scored } from './score';

export interface OwnerQuestion {
  readonly routing: Pick<Routing, 'scope' | 'scored'>;
  readonly risk: Pick<Risk, 'requiredLevel' | 'alarmed'>;
  readonly domains: readonly Domain[];
  readonly path: Path;
  readonly submitterId: string;
  readonly language: 'ko' | 'en';
}

export interface Ownership {
  /** Best first, at most 5. */
  readonly candidates: readonly Matched[];
  readonly owner: Person;
  readonly coReviewers: readonly Person[];
  readonly reason: string;
}

export interface Matched {
  readonly person: Person;
  readonly match: number;
}

const CANDIDATES = 5;
const CO_REVIEWERS = 3;
/** With fewer, the search goes on among all of that rank. */
const FEWEST = 3;

const DEPARTMENT_OF: Readonly<Record<Agent, string>> = {
  SECURITY: 'Security',
  LEGAL: 'Legal',
  FINANCE: 'Finance',
  OPS: 'Operations',
  REPUTATION: 'Sales',
};

/**
 * Who decides, and who looks at it too (docs/contracts/decisions.md#owner-and-card). Never the submitter.
 * @throws Error where nobody but the submitter has the rank
 */
export function searchOwner(question: OwnerQuestion): Ownership {
  const candidates = matchedCandidates(question).slice(0, CANDIDATES);
  const owner = candidates[0]?.person;
  if (!owner) throw new Error(`Nobody of rank ${question.risk.requiredLevel} can own the decision`);
  const coReviewers = coReviewersOf(question, candidates, owner);
  return { candidates, owner, coReviewers, reason: reasonOf(question, owner) };
}

function matchedCandidates(question: OwnerQuestion): readonly Matched[] {
  const required = rankOf(question.risk.requiredLevel);
  const matched = eligible(question).map(({ person, score }) => ({
    person,
    match: 0.7 * score + 0.3 / (1 + rankOf(person.level) - required),
  }));
  return bestFirst(
    matched,
    ({ match }) => match,
    ({ person }) => person.id,
  );
}

function eligible({ routing, risk, domains, submitterId }: OwnerQuestion): readonly Scored[] {
  const ofRank = [...routing.scored.values()].filter(
    ({ person }) => rankOf(person.level) >= rankOf(risk.requiredLevel) && person.id !== submitterId,
  );
  const departments = new Set(ownerPaths(domains).map((path) => segmentsOf(path)[0]));
  const near = ofRank.filter(
    ({ person }) => routing.scope.members.has(person.id) || departments.has(person.department ?? undefined),
  );
  return near.length < FEWEST ? ofRank : near;
}

function coReviewersOf(
  { routing, risk, path, submitterId }: OwnerQuestion,
  candidates: readonly Matched[],
  owner: Person,
): readonly Person[] {
  const best = bestByScore(routing.scored.values()).map(({ person }) => person);
  const chosen = AGENTS.filter((agent) => risk.alarmed.includes(agent))
    .slice(0, CO_REVIEWERS)
    .flatMap((agent) => best.find((one) => isFree(one) && one.department === DEPARTMENT_OF[agent]) ?? []);
  const second = candidates[1]?.person;
  return chosen.length > 0 || path === 'AUTO_APPROVE' || !second ? chosen : [second];

  // Departments differ from agent to agent, so only the owner could be there twice.
  function isFree({ id }: Person): boolean {
    return id !== submitterId && id !== owner.id;
  }
}

function reasonOf({ risk, domains, language }: OwnerQuestion, owner: Person): string {
  const level = risk.requiredLevel;
  const about = domains.join(', ');
  if (language === 'ko')
    return `${level} 이상 가운데 적합도가 가장 높습니다: ${owner.title}${about === '' ? '' : `, 분야 ${about}`}`;
  return `Best match of rank ${level} or above: ${owner.title}${about === '' ? '' : `, for ${about}`}`;
}
