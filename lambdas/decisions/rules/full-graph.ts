import type { Person } from '../model';
import { DEPARTMENTS, rankOf, TEAMS, type Team } from '../people/structure';
import {
  collaborationEdge,
  departmentNode,
  domainNodes,
  domainId,
  EDGE_TYPES,
  NODE_TYPES,
  personEdges,
  personNode,
  teamEdges,
  teamNode,
  type GraphEdge,
  type GraphNode,
} from './graph';
import { bestFirst, byCodeUnits, type OrganisationIndex } from './organisation-index';

export interface GraphFilter {
  /** Names of types; undefined: all. A name that there is not selects nothing. */
  readonly nodeTypes?: readonly string[] | undefined;
  readonly relationships?: readonly string[] | undefined;
  /** Names, in any case; undefined: all. */
  readonly department?: string | undefined;
  readonly team?: string | undefined;
  readonly maxNodes: number;
  readonly maxEdges: number;
}

export interface FullGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly metadata: {
    readonly total_nodes: number;
    readonly total_edges: number;
    readonly returned_nodes: number;
    readonly returned_edges: number;
    readonly node_type_counts: Readonly<Record<string, number>>;
    readonly edge_type_counts: Readonly<Record<string, number>>;
    readonly is_truncated: boolean;
  };
}

/** The organisation as a graph, filtered, then cut (docs/contracts/decisions.md#audit-metrics-graphs-meetings). */
export function fullGraph(index: OrganisationIndex, filter: GraphFilter): FullGraph {
  const allNodes = nodesOf(index, filter);
  const nodes = allNodes.slice(0, filter.maxNodes);
  const totalEdges = edgesAmong(index, allNodes, filter).length;
  const edges = edgesAmong(index, nodes, filter).slice(0, filter.maxEdges);
  return {
    nodes,
    edges,
    metadata: {
      total_nodes: allNodes.length,
      total_edges: totalEdges,
      returned_nodes: nodes.length,
      returned_edges: edges.length,
      node_type_counts: countTypes(nodes, NODE_TYPES),
      edge_type_counts: countTypes(edges, EDGE_TYPES),
      is_truncated: nodes.length < allNodes.length || edges.length < totalEdges,
    },
  };
}

function nodesOf({ people }: OrganisationIndex, filter: GraphFilter): readonly GraphNode[] {
  const isFiltered = filter.department !== undefined || filter.team !== undefined;
  const teams = TEAMS.filter((team) => selects(filter, team.department, team.name));
  const nodes = [
    ...departmentsOf(filter, teams).map(departmentNode),
    ...domainNodes().filter(({ id }) => !isFiltered || ownedBy(teams).has(id)),
    ...teams.map(teamNode),
    ...byRank(people.filter(({ department, team }) => selects(filter, department, team))).map(personNode),
  ];
  return nodes.filter(({ type }) => filter.nodeTypes?.includes(type) ?? true);
}

function selects({ department, team }: GraphFilter, inDepartment: string | null, inTeam: string | null): boolean {
  return isNamed(inDepartment, department) && isNamed(inTeam, team);
}

const isNamed = (name: string | null, wanted: string | undefined): boolean =>
  wanted === undefined || name?.toLowerCase() === wanted.toLowerCase();

/** A department is there by its own name, or for a team that is. */
const departmentsOf = ({ department, team }: GraphFilter, teams: readonly Team[]): readonly string[] =>
  DEPARTMENTS.filter((name) =>
    team === undefined ? isNamed(name, department) : teams.some((one) => one.department === name),
  );

const ownedBy = (teams: readonly Team[]): ReadonlySet<string> =>
  new Set(teams.flatMap(({ domains }) => domains.map(domainId)));

const byRank = (people: readonly Person[]): readonly Person[] =>
  bestFirst(
    people,
    ({ level }) => rankOf(level),
    ({ id }) => id,
  );

/** Edges with both ends among the nodes: structure, then collaboration, the strongest first. */
function edgesAmong(
  index: OrganisationIndex,
  nodes: readonly GraphNode[],
  { relationships }: Pick<GraphFilter, 'relationships'>,
): readonly GraphEdge[] {
  const there = new Set(nodes.map(({ id }) => id));
  const people = nodes.flatMap(({ id }) => index.byId.get(id) ?? []);
  return [
    ...teamEdges(),
    ...people.flatMap(personEdges),
    ...strongestFirst(index.collaborations.map(collaborationEdge)),
  ]
    .filter(({ type }) => relationships?.includes(type) ?? true)
    .filter(({ source, target }) => there.has(source) && there.has(target));
}

export const strongestFirst = (edges: readonly GraphEdge[]): readonly GraphEdge[] =>
  [...edges].sort(
    (a, b) =>
      (b.properties['weight'] ?? 0) - (a.properties['weight'] ?? 0) ||
      byCodeUnits(a.source, b.source) ||
      byCodeUnits(a.target, b.target),
  );

function countTypes<T extends string>(
  all: readonly { readonly type: T }[],
  types: readonly T[],
): Readonly<Record<string, number>> {
  const counts = types.map((type) => [type, all.filter((one) => one.type === type).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
