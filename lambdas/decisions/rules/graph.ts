import { DOMAINS, type Collaboration, type Domain, type Person } from '../model';
import { TEAMS, type Team } from '../people/structure';

/** Nodes and edges as they are answered (docs/contracts/decisions.md#resources). */

export const NODE_TYPES = ['Person', 'Team', 'Department', 'Domain'] as const;
export const EDGE_TYPES = ['WORKS_IN', 'PART_OF', 'OWNS', 'EXPERT_IN', 'project', 'risk', 'budget'] as const;

export interface GraphNode {
  readonly id: string;
  readonly type: (typeof NODE_TYPES)[number];
  readonly name: string;
  readonly properties: Readonly<Record<string, string | number | null>>;
}

export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  readonly type: (typeof EDGE_TYPES)[number];
  readonly properties: Readonly<Record<string, number>>;
}

/** Strength from which somebody is an expert. */
export const EXPERT_FROM = 0.6;

export const teamId = (name: string): string => `team-${name.toLowerCase()}`;
export const departmentId = (name: string): string => `dept-${name.toLowerCase()}`;
export const domainId = (domain: Domain): string => `domain-${domain}`;

export const personNode = ({ id, name, department, team, level, title }: Person): GraphNode => ({
  id,
  type: 'Person',
  name,
  properties: { department, team, level, role: title, title },
});
export const teamNode = ({ name, department }: Team): GraphNode => ({
  id: teamId(name),
  type: 'Team',
  name,
  properties: { department },
});
export const departmentNode = (name: string): GraphNode => ({
  id: departmentId(name),
  type: 'Department',
  name,
  properties: { department: name },
});
export const domainNode = (domain: Domain): GraphNode => ({
  id: domainId(domain),
  type: 'Domain',
  name: domain,
  properties: {},
});

export const domainNodes = (): readonly GraphNode[] => DOMAINS.map(domainNode);

/** Which team is in which department, and what teams own. */
export const teamEdges = (): readonly GraphEdge[] => [
  ...TEAMS.map(({ name, department }) => edge(teamId(name), departmentId(department), 'PART_OF')),
  ...TEAMS.flatMap(({ name, domains }) => domains.map((domain) => edge(teamId(name), domainId(domain), 'OWNS'))),
];

/** Where a person belongs, and what they are expert in. */
export const personEdges = (person: Person): readonly GraphEdge[] => [
  ...(person.team === null ? [] : [edge(person.id, teamId(person.team), 'WORKS_IN')]),
  ...expertise(person).map((domain) => edge(person.id, domainId(domain), 'EXPERT_IN')),
];

export const expertise = ({ domainStrength }: Person): readonly Domain[] =>
  DOMAINS.filter((domain) => domainStrength[domain] >= EXPERT_FROM);

export const collaborationEdge = ({ a, b, type, weight }: Collaboration): GraphEdge => ({
  source: a,
  target: b,
  type,
  properties: { weight },
});

const edge = (source: string, target: string, type: GraphEdge['type']): GraphEdge => ({
  source,
  target,
  type,
  properties: {},
});
