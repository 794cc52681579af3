import type { Experience, IssueInput, Person, Tier } from '../model';
import type { Facts } from '../providers/provider';
import { bestFirst, type OrganisationIndex } from './organisation-index';
import { chooseParticipants, type Participant } from './participants';
import { activateScope, type Scope } from './scope';
import { scoreEverybody, type OpenCards, type Scored } from './score';
import type { Trigger } from './words';

export interface RoutingQuestion {
  readonly facts: Pick<Facts, 'domains' | 'budgetImpact'>;
  readonly triggers: readonly Trigger[];
  /** After the safety check. */
  readonly tier: Tier;
  readonly submitterId: string;
  /** Of `routedText`, by the embedder of the experiences. */
  readonly issueVector: Float32Array;
  readonly openCards: OpenCards;
  readonly language: 'ko' | 'en';
}

export interface Routing {
  readonly scope: Scope;
  /** All lists have the best first. */
  readonly candidates: readonly Scored[];
  readonly core: readonly Scored[];
  readonly references: readonly Reference[];
  readonly participants: readonly Participant[];
  /** Everybody of the organisation. */
  readonly scored: ReadonlyMap<string, Scored>;
}

/** Somebody outside the core who once decided something alike. */
export interface Reference {
  readonly person: Person;
  readonly experience: Experience;
  readonly similarity: number;
}

const CANDIDATES = 50;
const CORE = 12;
const REFERENCES = 5;

/** What the vector of an issue is made of. */
export const routedText = (
  { title, text }: Pick<IssueInput, 'title' | 'text'>,
  feedback: readonly string[],
  { domains }: Pick<Facts, 'domains'>,
): string => [...(title === null ? [] : [title]), text, ...feedback, ...domains].join(' ');

/** Finds who should judge an issue (docs/contracts/decisions.md#routing-score). */
export function routeIssue(index: OrganisationIndex, question: RoutingQuestion): Routing {
  const { facts, tier, submitterId, issueVector, openCards } = question;
  const scope = activateScope(index, { domains: facts.domains, tier, submitterId });
  const scored = scoreEverybody(index, { domains: facts.domains, issueVector, openCards });
  const inScope = [...scored.values()].filter(({ person }) => scope.members.has(person.id));
  const candidates = bestFirst(inScope, withoutParticipation, idOf).slice(0, CANDIDATES);
  const core = bestByScore(candidates).slice(0, CORE);
  const references = referencesOf(scored, core, submitterId);
  return { scope, candidates, core, references, participants: chooseParticipants(question, core, scored), scored };
}

/** By what is known of a person without looking at what they did. */
const withoutParticipation = ({ parts: { domain, tree, load } }: Scored): number =>
  0.3 * domain + 0.15 * tree + 0.1 * load;

const idOf = ({ person }: Scored): string => person.id;

export const bestByScore = (scored: Iterable<Scored>): readonly Scored[] =>
  bestFirst(scored, ({ score }) => score, idOf);

function referencesOf(
  scored: ReadonlyMap<string, Scored>,
  core: readonly Scored[],
  submitterId: string,
): readonly Reference[] {
  const inCore = new Set(core.map(idOf));
  const found = [...scored.values()].flatMap(({ person, nearest }) =>
    nearest === null || inCore.has(person.id) || person.id === submitterId ? [] : [{ person, ...nearest }],
  );
  return bestFirst(
    found,
    ({ similarity }) => similarity,
    ({ person }) => person.id,
  ).slice(0, REFERENCES);
}
