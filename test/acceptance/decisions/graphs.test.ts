import * as z from 'zod';
import { get, read, refusalWithDetail } from '../../support/api';
import { compile, type Compiled } from '../../support/decided';
import { FullGraph, Person, Subgraph, type Graph } from '../../support/decision-shapes';
import { AS_USER, dataOf, followRun, ISSUES, openRun, submit } from '../../support/decisions';
import { seeded } from '../../support/random';
import { waitFor } from '../../support/wait';

/** docs/contracts/decisions.md#audit-metrics-graphs-meetings: graphs of the organisation and of a run. */

const full = async (query = ''): Promise<z.output<typeof FullGraph>> =>
  read(await get(`/api/graphs/full${query}`, { headers: AS_USER }), 200, FullGraph);
const subgraphOf = async (runId: string, query = ''): Promise<z.output<typeof Subgraph>> =>
  read(await get(`/api/graphs/${runId}/subgraph${query}`, { headers: AS_USER }), 200, Subgraph);

const RANKS = ['STAFF', 'TEAM_LEAD', 'DIRECTOR', 'VP', 'CEO'];
const KINDS = ['Department', 'Domain', 'Team', 'Person'];
const COLLABORATIONS = ['project', 'risk', 'budget'];
const ENDS: Readonly<Record<string, readonly [string, string]>> = {
  WORKS_IN: ['Person', 'Team'],
  PART_OF: ['Team', 'Department'],
  OWNS: ['Team', 'Domain'],
  EXPERT_IN: ['Person', 'Domain'],
  ...Object.fromEntries(COLLABORATIONS.map((type) => [type, ['Person', 'Person']])),
};
const IDS: Readonly<Record<string, RegExp>> = {
  Person: /^person-(staff|lead|director|vp|ceo)-\d+$/,
  Team: /^team-[a-z]+$/,
  Department: /^dept-[a-z]+$/,
  Domain: /^domain-[a-z_]+$/,
};

/** What must hold for every graph: ids by kind, none twice, and both ends of each edge among the nodes. */
function expectWhole({ nodes, edges }: Graph): void {
  const kinds = new Map(nodes.map(({ id, type }) => [id, type]));
  expect(kinds.size).toBe(nodes.length);
  for (const { id, type } of nodes) expect(id).toMatch(IDS[type] ?? /^$/);
  for (const { source, target, type, properties } of edges) {
    expect([type, kinds.get(source), kinds.get(target)]).toEqual([type, ...(ENDS[type] ?? [])]);
    expect(source).not.toBe(target);
    if (COLLABORATIONS.includes(type)) expect(properties['weight']).toEqual(expect.any(Number));
  }
  const together = edges.filter(({ type }) => COLLABORATIONS.includes(type));
  expect(new Set(together.map(({ source, target }) => [source, target].sort().join())).size).toBe(together.length);
}

const countsOf = (things: readonly { readonly type: string }[]) => {
  const counts: Record<string, number> = {};
  for (const { type } of things) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
};

describe('the full graph', () => {
  test('is what the console loads: 500 nodes and 1000 edges of more', async () => {
    const graph = await full('?max_nodes=500&max_edges=1000');
    expectWhole(graph);
    expect(graph.nodes).toHaveLength(500);
    expect(graph.metadata).toMatchObject({
      ...{ total_nodes: 1200 + 9 + 10 + 19, returned_nodes: 500, is_truncated: true },
      ...{ returned_edges: graph.edges.length },
    });
    expect(graph.metadata.total_edges).toBeGreaterThan(graph.edges.length);
    expect(await full()).toEqual(graph);
    expect(await full('/')).toEqual(graph);
  });

  test('has departments, domains, teams, then people by rank and id', async () => {
    const { nodes } = await full('?max_nodes=1000&max_edges=2000');
    const kinds = nodes.map(({ type }) => KINDS.indexOf(type));
    expect(kinds).toEqual(kinds.toSorted((a, b) => a - b));
    const people = nodes.filter(({ type }) => type === 'Person');
    const key = ({ id, properties }: Graph['nodes'][number]) =>
      [9 - RANKS.indexOf(String(properties['level'])), id].join(' ');
    const keys = people.map(key);
    expect(keys).toEqual(keys.toSorted());
    expect(nodes.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['team-payments', 'dept-engineering', 'domain-payments']),
    );
  });

  test('tells of people what the console draws them by', async () => {
    const { nodes } = await full('?node_types=Person&max_nodes=1000');
    const people = read(await get('/api/persons/', { headers: AS_USER }), 200, z.array(Person));
    const byId = new Map(people.map((person) => [person.id, person]));
    for (const { id, name, properties } of nodes) {
      const { department, team, level, title } = byId.get(id) ?? {};
      expect({ name, properties }).toMatchObject({
        name: byId.get(id)?.name,
        properties: { department, team, level, title },
      });
      expect(properties['role']).toEqual(expect.any(String));
    }
  });

  test('has structure first, and of collaboration the strongest', async () => {
    const { edges } = await full('?max_nodes=400&max_edges=2000');
    const at = edges.findIndex(({ type }) => COLLABORATIONS.includes(type));
    const together = edges.slice(at);
    expect(edges.slice(0, at).every(({ type }) => !COLLABORATIONS.includes(type))).toBe(true);
    expect(together.every(({ type }) => COLLABORATIONS.includes(type))).toBe(true);
    const weights = together.map(({ properties }) => Number(properties['weight']));
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    for (const weight of weights) {
      expect(weight).toBeGreaterThanOrEqual(0);
      expect(weight).toBeLessThanOrEqual(1);
    }
  });

  test('counts what it returns, and what there is before it is cut', async () => {
    const random = seeded(1, 'graph queries');
    const queries = Array.from({ length: 8 }, () => {
      const [nodes, edges] = [random.whole(100, 1_000), random.whole(100, 2_000)];
      const kinds = random.chance(0.5) ? `&node_types=${random.pick(['Person', 'Person,Team', 'Domain,Team'])}` : '';
      const types = random.chance(0.5) ? `&include_relationships=${random.pick(['risk', 'OWNS,WORKS_IN'])}` : '';
      return `?max_nodes=${nodes}&max_edges=${edges}${kinds}${types}`;
    });
    for (const query of queries) {
      const graph = await full(query);
      expectWhole(graph);
      const { nodes, edges, metadata } = graph;
      expect({ query, ...metadata }).toEqual({
        ...{ query, total_nodes: metadata.total_nodes, total_edges: metadata.total_edges },
        ...{ returned_nodes: nodes.length, returned_edges: edges.length },
        is_truncated: metadata.total_nodes > nodes.length || metadata.total_edges > edges.length,
        node_type_counts: expect.objectContaining(countsOf(nodes)) as unknown,
        edge_type_counts: expect.objectContaining(countsOf(edges)) as unknown,
      });
      const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
      expect(sum(metadata.node_type_counts)).toBe(nodes.length);
      expect(sum(metadata.edge_type_counts)).toBe(edges.length);
    }
  });

  test.each([
    ['node_types=Team&node_types=Department', 'node_types=Team,Department'],
    ['include_relationships=risk&include_relationships=PART_OF', 'include_relationships=risk,PART_OF'],
  ])('takes lists repeated or with commas (%s)', async (repeated, joined) => {
    expect(await full(`?${repeated}`)).toEqual(await full(`?${joined}`));
  });

  test('has nothing of a type that nobody knows', async () => {
    expect(await full('?node_types=Robot')).toMatchObject({ nodes: [], edges: [], metadata: { total_nodes: 0 } });
    const teams = await full('?node_types=Team,Robot');
    expect(teams.metadata.node_type_counts).toMatchObject({ Team: 19 });
    expect(teams.nodes).toHaveLength(19);
    expect((await full('?include_relationships=knows')).edges).toEqual([]);
  });

  test('of a department has its people and teams, and the domains that they own, in any case', async () => {
    const graph = await full('?department=legal&max_nodes=1000&max_edges=2000');
    expectWhole(graph);
    const ids = (kind: string) => graph.nodes.filter(({ type }) => type === kind).map(({ id }) => id);
    expect(ids('Department')).toEqual(['dept-legal']);
    expect(ids('Team').sort()).toEqual(['team-contracts', 'team-privacy']);
    expect(ids('Domain').sort()).toEqual(['domain-legal', 'domain-privacy']);
    for (const { type, properties } of graph.nodes)
      if (type === 'Person') expect(properties['department']).toBe('Legal');
    expect(ids('Person').length).toBeGreaterThan(100);
    expect(await full('?department=LEGAL&max_nodes=1000&max_edges=2000')).toEqual(graph);
  });

  test('of a team has its people, and its domains', async () => {
    const graph = await full('?team=payments&max_nodes=1000');
    expectWhole(graph);
    expect(graph.nodes.filter(({ type }) => type === 'Team').map(({ id }) => id)).toEqual(['team-payments']);
    expect(graph.nodes.filter(({ type }) => type === 'Domain').map(({ id }) => id)).toEqual(['domain-payments']);
    for (const { type, properties } of graph.nodes) if (type === 'Person') expect(properties['team']).toBe('Payments');
    expect((await full('?department=Legal&team=Payments')).nodes.filter(({ type }) => type === 'Person')).toEqual([]);
    for (const query of ['?department=nowhere', '?team=nobody'])
      expect((await full(query)).nodes.filter(({ type }) => type === 'Person')).toEqual([]);
  });

  test.each(['max_nodes=99', 'max_nodes=1001', 'max_edges=99', 'max_edges=2001', 'max_nodes=x', 'max_edges=1.5'])(
    'is refused with %s',
    async (query) => {
      const answer = await get(`/api/graphs/full?${query}`, { headers: AS_USER });
      const { details } = refusalWithDetail(answer, 400, 'VALIDATION_ERROR');
      expect(details).toMatchObject({ field: query.split('=')[0] });
    },
  );
});

describe('the graph of a run', () => {
  let compiled: Compiled;
  const idsOf = (name: string, field: string, key = 'person_id') =>
    z
      .array(z.looseObject({ [key]: z.string() }))
      .parse(dataOf(compiled.events, name)[field])
      .map((entry) => String(entry[key]));
  beforeAll(async () => {
    compiled = await compile(ISSUES.A);
  });

  test('shows owner, co-reviewers, participants, core and references, and says who is who', async () => {
    const graph = await subgraphOf(compiled.runId);
    expectWhole(graph);
    const participants = idsOf('meeting_ready', 'participants');
    expect(graph.highlights).toEqual({
      ...{ owner_id: compiled.owner, co_reviewer_ids: compiled.coReviewers, decision_set_ids: participants },
    });
    const order = [
      ...[compiled.owner, ...compiled.coReviewers, ...participants],
      ...idsOf('vector_ranked', 'core_nodes'),
      ...idsOf('vector_ranked', 'reference_nodes'),
    ];
    const chosen = [...new Set(order)];
    expect(graph.nodes.slice(0, chosen.length).map(({ id }) => id)).toEqual(chosen);
    const known = new Set(graph.nodes.map(({ id }) => id));
    for (const id of Object.keys(graph.badges)) expect(known).toContain(id);
    expect(graph.badges[compiled.owner]).toContain('owner');
    for (const { properties } of graph.nodes.filter(({ id }) => chosen.includes(id)))
      expect(known).toContain(`dept-${String(properties['department']).toLowerCase()}`);
    expect(known).toContain('domain-payments');
    expect(known).toContain('domain-data');
  });

  test('tells the score of who is in the core', async () => {
    const { nodes } = await subgraphOf(compiled.runId);
    const core = z
      .array(z.looseObject({ person_id: z.string(), score: z.number() }))
      .parse(dataOf(compiled.events, 'vector_ranked')['core_nodes']);
    for (const { person_id, score } of core)
      expect(nodes.find(({ id }) => id === person_id)?.properties).toMatchObject({ score });
  });

  test('has at most 120 nodes and at least 50, whatever is asked for', async () => {
    const whole = await subgraphOf(compiled.runId, '?max_nodes=120');
    expect(whole.nodes).toHaveLength(120);
    for (const [query, most] of [
      ['', 120],
      ['?max_nodes=5000', 120],
      ['?max_nodes=50', 50],
      ['?max_nodes=1', 50],
      ['?max_nodes=-4', 50],
      ['?max_nodes=77', 77],
    ] as const) {
      const graph = await subgraphOf(compiled.runId, query);
      expectWhole(graph);
      expect(graph.nodes).toEqual(whole.nodes.slice(0, most));
    }
  });

  test('is empty before participants are known, and whole when event 16 goes out', async () => {
    const { run_id } = await submit(ISSUES.A);
    const early = await subgraphOf(run_id);
    expectWhole(early);
    const stream = openRun(run_id);
    const late = waitForAssigned(stream).then(() => subgraphOf(run_id));
    const graph = await late;
    expectWhole(graph);
    expect(graph.highlights.owner_id).toMatch(/^person-/);
    expect(graph.nodes.length).toBeGreaterThan(0);
    await followRun(run_id);
    expect(await subgraphOf(run_id)).toEqual(graph);
  });

  test('of an unknown run is not found', async () => {
    for (const id of ['run_00000000000000000000000000', 'x'])
      refusalWithDetail(await get(`/api/graphs/${id}/subgraph`, { headers: AS_USER }), 404, 'RUN_NOT_FOUND');
  });
});

/** Event 16. */
const waitForAssigned = (stream: ReturnType<typeof openRun>) =>
  waitFor('an owner to be assigned', () => (stream.body.includes('event: owner_search.assigned') ? true : undefined));
