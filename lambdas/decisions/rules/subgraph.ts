import type { Domain, Person } from '../model';
import { TEAMS } from '../people/structure';
import { strongestFirst } from './full-graph';
import {
  collaborationEdge,
  departmentNode,
  domainNode,
  expertise,
  personEdges,
  personNode,
  teamEdges,
  teamNode,
  type GraphEdge,
  type GraphNode,
} from './graph';
import { bestFirst, type OrganisationIndex } from './organisation-index';
import { fourDecimals } from './rounding';

/** What a run has found so far. */
export interface Chosen {
  readonly domains: readonly Domain[];
  readonly core: readonly { readonly personId: string; readonly score: number }[];
  readonly references: readonly { readonly personId: string }[];
  readonly participants: readonly string[];
  readonly ownerId: string | null;
  readonly coReviewerIds: readonly string[];
}

export interface Subgraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly highlights: {
    readonly owner_id: string | null;
    readonly co_reviewer_ids: readonly string[];
    readonly decision_set_ids: readonly string[];
  };
  /** Of people, by id: what they are in the run, then what they know of its domains. */
  readonly badges: Readonly<Record<string, readonly string[]>>;
}

/** Before participants are known. */
export const EMPTY_SUBGRAPH: Subgraph = {
  nodes: [],
  edges: [],
  highlights: { owner_id: null, co_reviewer_ids: [], decision_set_ids: [] },
  badges: {},
};

/** The people of a run and what is around them (docs/contracts/decisions.md#audit-metrics-graphs-meetings). */
export function subgraph(index: OrganisationIndex, chosen: Chosen, maxNodes: number): Subgraph {
  const parts = partsOf(chosen);
  const people = [...parts.keys()].flatMap((id) => index.byId.get(id) ?? []);
  const named = [...people.map((person) => withScore(personNode(person), chosen)), ...placesOf(people, chosen)];
  const neighbours = neighboursOf(index, people).map(personNode);
  const nodes = [...named, ...neighbours].slice(0, maxNodes);
  return {
    nodes,
    edges: edgesAmong(index, nodes),
    highlights: {
      owner_id: chosen.ownerId,
      co_reviewer_ids: chosen.coReviewerIds,
      decision_set_ids: chosen.participants,
    },
    badges: Object.fromEntries(people.map((person) => [person.id, badgesOf(person, parts, chosen)])),
  };
}

/** What each is in the run, the most important first; in the order in which they are shown. */
function partsOf({ ownerId, coReviewerIds, participants, core, references }: Chosen): ReadonlyMap<string, string[]> {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['owner', ownerId === null ? [] : [ownerId]],
    ['co_reviewer', coReviewerIds],
    ['participant', participants],
    ['core', core.map(({ personId }) => personId)],
    ['reference', references.map(({ personId }) => personId)],
  ];
  const parts = new Map<string, string[]>();
  for (const [part, ids] of lists) for (const id of ids) parts.set(id, [...(parts.get(id) ?? []), part]);
  return parts;
}

/** Core and reference say how somebody was found, which is of interest where nothing follows from it. */
function badgesOf(person: Person, parts: ReadonlyMap<string, string[]>, { domains }: Chosen): readonly string[] {
  const [first = 'core'] = parts.get(person.id) ?? [];
  return [first, ...expertise(person).filter((domain) => domains.includes(domain))];
}

function withScore(node: GraphNode, { core }: Chosen): GraphNode {
  const found = core.find(({ personId }) => personId === node.id);
  return found ? { ...node, properties: { ...node.properties, score: fourDecimals(found.score) } } : node;
}

/** Teams and departments of people, and the domains of both the teams and the issue. */
function placesOf(people: readonly Person[], { domains }: Chosen): readonly GraphNode[] {
  const teams = TEAMS.filter(({ name }) => people.some(({ team }) => team === name));
  const departments = new Set(people.flatMap(({ department }) => department ?? []));
  const known = new Set([...domains, ...teams.flatMap((team) => team.domains)]);
  return [...teams.map(teamNode), ...[...departments].map(departmentNode), ...[...known].map(domainNode)];
}

/** Who works with them, by how much. */
function neighboursOf(index: OrganisationIndex, people: readonly Person[]): readonly Person[] {
  const inside = new Set(people.map(({ id }) => id));
  const weights = new Map<string, number>();
  for (const { to, edge } of people.flatMap(({ id }) => index.ties.get(id) ?? []))
    if (!inside.has(to)) weights.set(to, Math.max(weights.get(to) ?? 0, edge.weight));
  return bestFirst(
    weights,
    ([, weight]) => weight,
    ([id]) => id,
  ).flatMap(([id]) => index.byId.get(id) ?? []);
}

function edgesAmong(index: OrganisationIndex, nodes: readonly GraphNode[]): readonly GraphEdge[] {
  const there = new Set(nodes.map(({ id }) => id));
  const people = nodes.flatMap(({ id }) => index.byId.get(id) ?? []);
  const together = new Set(people.flatMap(({ id }) => (index.ties.get(id) ?? []).map(({ edge }) => edge)));
  return [
    ...teamEdges(),
    ...people.flatMap(personEdges),
    ...strongestFirst([...together].map(collaborationEdge)),
  ].filter(({ source, target }) => there.has(source) && there.has(target));
}
