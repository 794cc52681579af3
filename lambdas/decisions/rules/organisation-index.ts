import type { Collaboration, Experience, Organisation, Person } from '../model';

/** An organisation with what is looked up in it again and again; made once for each version of the people. */
export interface OrganisationIndex {
  /** In the people's order. */
  readonly people: readonly Person[];
  readonly collaborations: readonly Collaboration[];
  readonly byId: ReadonlyMap<string, Person>;
  /** Collaborations by either end. */
  readonly ties: ReadonlyMap<string, readonly Tie[]>;
  readonly experiences: ReadonlyMap<string, readonly Experience[]>;
}

export interface Tie {
  readonly to: string;
  readonly edge: Collaboration;
}

export function indexOrganisation({ people, collaborations, experiences }: Organisation): OrganisationIndex {
  const ends = collaborations.flatMap((edge) => [
    { from: edge.a, tie: { to: edge.b, edge } },
    { from: edge.b, tie: { to: edge.a, edge } },
  ]);
  const ties = Map.groupBy(ends, ({ from }) => from);
  return {
    people,
    collaborations,
    byId: new Map(people.map((person) => [person.id, person])),
    ties: new Map([...ties].map(([id, found]) => [id, found.map(({ tie }) => tie)])),
    experiences: Map.groupBy(experiences, ({ personId }) => personId),
  };
}

/** The same with experiences that decisions have added since. @param added embedded by the same embedder */
export function withExperiences(index: OrganisationIndex, added: readonly Experience[]): OrganisationIndex {
  if (added.length === 0) return index;
  const experiences = new Map(index.experiences);
  for (const [id, more] of Map.groupBy(added, ({ personId }) => personId))
    experiences.set(id, [...(experiences.get(id) ?? []), ...more]);
  return { ...index, experiences };
}

/** Code units, as ids are ordered everywhere. */
export function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Best first; who is as good as another stands by id. */
export const bestFirst = <T>(all: Iterable<T>, scoreOf: (one: T) => number, idOf: (one: T) => string): readonly T[] =>
  [...all].sort((a, b) => scoreOf(b) - scoreOf(a) || byCodeUnits(idOf(a), idOf(b)));
