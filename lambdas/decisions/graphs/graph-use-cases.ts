import type { UseCases } from '../../platform/http/endpoint';
import { missing, placeOf } from '../place';
import type { Ports } from '../ports';
import type { decisionsRoutes } from '../routes';
import { fullGraph } from '../rules/full-graph';
import { EMPTY_SUBGRAPH, subgraph } from '../rules/subgraph';

type Cases = UseCases<typeof decisionsRoutes>;

export const getFullGraph =
  ({ organisation }: Ports): Cases['getFullGraph'] =>
  async ({ query }) => {
    const { nodes, edges, metadata } = fullGraph(await organisation(), {
      nodeTypes: query.node_types,
      relationships: query.include_relationships,
      department: query.department,
      team: query.team,
      maxNodes: query.max_nodes,
      maxEdges: query.max_edges,
    });
    return { body: { nodes: [...nodes], edges: [...edges], metadata } };
  };

export const getSubgraph =
  ({ organisation, store }: Ports): Cases['getSubgraph'] =>
  async ({ params: { run_id }, query: { max_nodes } }, context) => {
    const place = placeOf('run', run_id, context);
    const [run, compiled] = await Promise.all([store.run(place), store.compiled(place)]);
    if (!run) throw missing('run');
    // What an earlier iteration found is not what this one is about.
    const isCurrent = compiled?.feedbackIteration === run.feedbackIteration;
    const { nodes, edges, highlights, badges } = isCurrent
      ? subgraph(await organisation(), compiled, max_nodes)
      : EMPTY_SUBGRAPH;
    return {
      body: {
        nodes: [...nodes],
        edges: [...edges],
        highlights: {
          owner_id: highlights.owner_id,
          co_reviewer_ids: [...highlights.co_reviewer_ids],
          decision_set_ids: [...highlights.decision_set_ids],
        },
        badges: Object.fromEntries(Object.entries(badges).map(([id, names]) => [id, [...names]])),
      },
    };
  };
