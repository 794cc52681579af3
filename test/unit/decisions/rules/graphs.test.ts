import { fullGraph, type GraphFilter } from '../../../../lambdas/decisions/rules/full-graph';
import { EDGE_TYPES, NODE_TYPES, type GraphEdge, type GraphNode } from '../../../../lambdas/decisions/rules/graph';
import { indexOrganisation } from '../../../../lambdas/decisions/rules/organisation-index';
import { subgraph, type Chosen } from '../../../../lambdas/decisions/rules/subgraph';
import { rankOf } from '../../../../lambdas/decisions/people/structure';
import { seeded } from '../../../support/random';
import { organisation, personOf } from '../organisation';

/** docs/contracts/decisions.md#audit-metrics-graphs-meetings */

const index = indexOrganisation(organisation());
const ALL = { maxNodes: 100_000, maxEdges: 100_000 } as const;

/** Ids of ends that are not among the nodes, and nodes that are there twice. */
function faults({ nodes, edges }: { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }) {
  const ids = new Set(nodes.map(({ id }) => id));
  const open = edges.flatMap(({ source, target }) => [source, target]).filter((id) => !ids.has(id));
  const pairs = new Set(edges.map(({ source, target, type }) => `${source}|${target}|${type}`));
  return [
    ...open,
    ...(ids.size === nodes.length ? [] : ['a node twice']),
    ...(pairs.size === edges.length ? [] : ['an edge twice']),
  ];
}

describe('the full graph', () => {
  test('holds everybody and everything', () => {
    const { nodes, edges, metadata } = fullGraph(index, ALL);
    expect(metadata.node_type_counts).toEqual({ Person: 1200, Team: 19, Department: 9, Domain: 10 });
    expect(metadata.edge_type_counts).toMatchObject({ WORKS_IN: 1080, PART_OF: 19, OWNS: 26 });
    expect(metadata).toMatchObject({
      total_nodes: nodes.length,
      total_edges: edges.length,
      returned_nodes: nodes.length,
      returned_edges: edges.length,
      is_truncated: false,
    });
    expect(faults({ nodes, edges })).toEqual([]);
  });

  test('is cut: departments, domains, teams, then people by rank; structure, then the strongest ties', () => {
    const whole = fullGraph(index, ALL).metadata;
    const { nodes, edges, metadata } = fullGraph(index, { maxNodes: 500, maxEdges: 1000 });
    expect(metadata).toMatchObject({
      total_nodes: whole.total_nodes,
      total_edges: whole.total_edges,
      returned_nodes: 500,
      returned_edges: 1000,
      is_truncated: true,
    });
    const types = nodes.map(({ type }) => ['Department', 'Domain', 'Team', 'Person'].indexOf(type));
    expect(types).toEqual([...types].sort((a, b) => a - b));
    const ranks = nodes.flatMap(({ id, type }) => (type === 'Person' ? [rankOf(personOf(index, id).level)] : []));
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
    const weights = edges.map(({ properties }) => properties['weight'] ?? 2);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    expect(weights.at(-1)).toBeLessThan(2);
    expect(faults({ nodes, edges })).toEqual([]);
  });

  test('nodes are as the contract shows them', () => {
    const { nodes, edges } = fullGraph(index, ALL);
    expect(nodes.find(({ id }) => id === 'person-lead-1')).toEqual({
      id: 'person-lead-1',
      type: 'Person',
      name: 'Oh Nari',
      properties: {
        department: 'Engineering',
        team: 'Payments',
        level: 'TEAM_LEAD',
        role: 'Engineering Team Lead',
        title: 'Engineering Team Lead',
      },
    });
    for (const id of ['team-payments', 'dept-engineering', 'domain-customer_comms'])
      expect(nodes.map((node) => node.id)).toContain(id);
    const ofLead = edges.filter(({ source, properties }) => source === 'person-lead-1' && !('weight' in properties));
    expect(ofLead.map(({ target, type }) => [target, type])).toEqual([
      ['team-payments', 'WORKS_IN'],
      ['domain-payments', 'EXPERT_IN'],
    ]);
  });

  test.each([
    ['finance', undefined, ['Finance'], ['Budget', 'Pricing'], ['payments', 'pricing']],
    [undefined, 'GOVERNANCE', ['Data'], ['Governance'], ['data', 'privacy']],
    ['Data', 'Governance', ['Data'], ['Governance'], ['data', 'privacy']],
    ['Legal', 'Governance', [], [], []],
    ['nowhere', undefined, [], [], []],
  ])('of department %s and team %s', (department, team, departments, teams, domains) => {
    const { nodes, edges, metadata } = fullGraph(index, { ...ALL, department, team });
    const names = (wanted: GraphNode['type']) =>
      nodes.flatMap(({ type, name }) => (type === wanted ? [name] : [])).sort();
    expect([names('Department'), names('Team'), names('Domain')]).toEqual([departments, teams, domains]);
    const people = nodes.filter(({ type }) => type === 'Person');
    expect(people.length > 0).toBe(departments.length > 0);
    for (const { properties } of people) {
      expect(departments).toContain(properties['department']);
      if (team !== undefined) expect(teams).toContain(properties['team']);
    }
    expect(metadata.total_nodes).toBe(nodes.length);
    expect(faults({ nodes, edges })).toEqual([]);
  });

  test('types that are named are all there is', () => {
    const of = (filter: Partial<GraphFilter>) => fullGraph(index, { ...ALL, ...filter }).metadata;
    expect(of({ nodeTypes: ['Team', 'Department'] })).toMatchObject({
      node_type_counts: { Team: 19, Department: 9 },
      edge_type_counts: { PART_OF: 19 },
      total_edges: 19,
    });
    expect(Object.keys(of({ relationships: ['risk', 'OWNS'] }).edge_type_counts)).toEqual(['OWNS', 'risk']);
    expect(of({ nodeTypes: ['person'] })).toMatchObject({ total_nodes: 0, total_edges: 0, node_type_counts: {} });
    expect(of({ relationships: ['nothing'] })).toMatchObject({ total_nodes: 1238, total_edges: 0 });
  });

  test('whatever is asked, no edge has an open end', () => {
    const random = seeded(20261127, 'graphs');
    for (let time = 0; time < 40; time += 1) {
      const pick = <T extends string>(all: readonly T[]) =>
        random.chance(0.5) ? all.filter(() => random.chance(0.6)) : undefined;
      const filter: GraphFilter = {
        nodeTypes: pick(NODE_TYPES),
        relationships: pick(EDGE_TYPES),
        department: random.chance(0.3) ? random.pick(['legal', 'SALES', 'Data', '']) : undefined,
        team: random.chance(0.3) ? random.pick(['budget', 'AppSec', 'brand']) : undefined,
        maxNodes: random.whole(100, 1000),
        maxEdges: random.whole(100, 2000),
      };
      const { nodes, edges, metadata } = fullGraph(index, filter);
      expect(faults({ nodes, edges })).toEqual([]);
      expect(nodes.length).toBeLessThanOrEqual(filter.maxNodes);
      expect(edges.length).toBeLessThanOrEqual(filter.maxEdges);
      expect(metadata.is_truncated).toBe(metadata.total_nodes > nodes.length || metadata.total_edges > edges.length);
    }
  });
});

describe('the subgraph', () => {
  const chosen: Chosen = {
    domains: ['payments', 'data'],
    core: Array.from({ length: 12 }, (_, at) => ({ personId: `person-lead-${1 + 19 * at}`, score: 0.51204 })),
    references: [{ personId: 'person-staff-88' }, { personId: 'person-vp-3' }],
    participants: ['person-lead-1', 'person-lead-7', 'person-lead-11', 'person-lead-20', 'person-lead-39'],
    ownerId: 'person-lead-1',
    coReviewerIds: ['person-lead-7', 'person-lead-11'],
  };

  test('begins with the owner, co-reviewers, participants, core, references, and what they belong to', () => {
    const { nodes, highlights, badges } = subgraph(index, chosen, 120);
    const ids = nodes.map(({ id }) => id);
    expect(ids.slice(0, 5)).toEqual([
      'person-lead-1',
      'person-lead-7',
      'person-lead-11',
      'person-lead-20',
      'person-lead-39',
    ]);
    expect(ids.slice(14, 16)).toEqual(['person-staff-88', 'person-vp-3']);
    for (const id of ['team-payments', 'team-appsec', 'dept-finance', 'dept-security', 'domain-data', 'domain-pricing'])
      expect(ids).toContain(id);
    expect(nodes).toHaveLength(120);
    expect(nodes[0]?.properties['score']).toBe(0.512);
    expect(highlights).toEqual({
      owner_id: 'person-lead-1',
      co_reviewer_ids: ['person-lead-7', 'person-lead-11'],
      decision_set_ids: chosen.participants,
    });
    expect(badges['person-lead-1']).toEqual(['owner', 'payments']);
    expect(badges['person-lead-7']).toEqual(['co_reviewer']);
    expect(badges['person-staff-88']).toEqual(['reference', 'payments']);
  });

  test('goes on with the strongest ties of theirs', () => {
    const { nodes } = subgraph(index, chosen, 120);
    const known = new Set([...nodes.slice(0, 16).map(({ id }) => id)]);
    const strongest = nodes.slice(16).flatMap(({ id, type }) => {
      if (type !== 'Person') return [];
      const weights = (index.ties.get(id) ?? []).filter(({ to }) => known.has(to)).map(({ edge }) => edge.weight);
      return [Math.max(...weights)];
    });
    expect(strongest.length).toBeGreaterThan(50);
    expect(strongest).toEqual([...strongest].sort((a, b) => b - a));
  });

  test.each([50, 77, 120])('of at most %s nodes has no edge with an open end', (maxNodes) => {
    const made = subgraph(index, chosen, maxNodes);
    expect(made.nodes).toHaveLength(maxNodes);
    expect(faults(made)).toEqual([]);
    expect(made.edges.length).toBeGreaterThan(maxNodes / 2);
  });

  test('before there is an owner has none', () => {
    const { highlights, badges } = subgraph(index, { ...chosen, ownerId: null, coReviewerIds: [] }, 120);
    expect(highlights).toMatchObject({ owner_id: null, co_reviewer_ids: [] });
    expect(badges['person-lead-1']).toEqual(['participant', 'payments']);
  });
});
