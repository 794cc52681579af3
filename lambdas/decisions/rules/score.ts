import type { Domain, Experience, Person } from '../model';
import { similarity } from '../people/embedder';
import { ownerPath, stepsBetween } from '../people/structure';
import type { OrganisationIndex } from './organisation-index';

/** Each 0 to 1 (docs/contracts/decisions.md#routing-score). */
export interface Parts {
  readonly participation: number;
  readonly domain: number;
  readonly tree: number;
  readonly load: number;
}

export interface Scored {
  readonly person: Person;
  readonly score: number;
  readonly parts: Parts;
  /** The person's experience that is most like the issue; null: none is like it at all. */
  readonly nearest: { readonly experience: Experience; readonly similarity: number } | null;
}

const WEIGHTS: Parts = { participation: 0.45, domain: 0.3, tree: 0.15, load: 0.1 };
const CARD_LOAD = 0.05;
const NEAREST = 3;

export const scoreOf = ({ participation, domain, tree, load }: Parts): number =>
  WEIGHTS.participation * participation + WEIGHTS.domain * domain + WEIGHTS.tree * tree + WEIGHTS.load * load;

/** How many cards somebody has to decide, by id; absent: none. */
export type OpenCards = ReadonlyMap<string, number>;

/** A score for everybody. */
export function scoreEverybody(
  { people, experiences }: OrganisationIndex,
  { domains, issueVector, openCards }: { domains: readonly Domain[]; issueVector: Float32Array; openCards: OpenCards },
): ReadonlyMap<string, Scored> {
  const path = ownerPath(domains[0]);
  return new Map(
    people.map((person) => {
      const near = (experiences.get(person.id) ?? [])
        .map((experience) => ({ experience, similarity: similarity(issueVector, experience.vector) }))
        .filter(({ similarity: cosine }) => cosine > 0)
        .sort((a, b) => b.similarity - a.similarity);
      const parts: Parts = {
        participation: near.slice(0, NEAREST).reduce((sum, one) => sum + one.similarity, 0) / NEAREST,
        domain: strengthIn(person, domains),
        tree: nearnessTo(person, path),
        load: freeOf(person, openCards.get(person.id) ?? 0),
      };
      return [person.id, { person, score: scoreOf(parts), parts, nearest: near[0] ?? null }] as const;
    }),
  );
}

/** Mean strength in the domains of an issue. */
export const strengthIn = ({ domainStrength }: Person, domains: readonly Domain[]): number =>
  domains.length === 0 ? 0 : domains.reduce((sum, domain) => sum + domainStrength[domain], 0) / domains.length;

/** 1 for who is where the owners are, less with each step away. */
export const nearnessTo = ({ orgPath }: Person, path: string): number => Math.exp(-0.5 * stepsBetween(orgPath, path));

/** 1 for who has nothing to do, 0 for who can take nothing more. */
export const freeOf = ({ load }: Person, openCards: number): number => 1 - Math.min(1, load + CARD_LOAD * openCards);
