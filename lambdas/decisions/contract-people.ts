import * as z from 'zod';
import { ActorId, optional, text, Time } from './contract';
import { DECISION_LIMITS } from './limits';
import { LEVELS } from './model';

/** Shapes of people and of what connects them (docs/contracts/decisions.md#resources). */

export const PersonView = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    role: z.enum(['ENGINEER', 'PM', 'FINANCE', 'AH']),
    team: z.string().nullable(),
    department: z.string().nullable(),
    expertise: z.string().nullable(),
    created_at: Time,
    updated_at: Time,
    level: z.enum(LEVELS),
    title: z.string(),
    org_path: z.string(),
  })
  .meta({ id: 'Person' });
export type PersonView = z.output<typeof PersonView>;

export const PersonMetrics = z
  .object({
    person_id: z.string(),
    name: z.string(),
    period_days: z.int(),
    issues_submitted: z.int(),
    cards_owned: z.int(),
    co_reviews: z.int(),
    approved: z.int(),
    conditionally_approved: z.int(),
    rejected: z.int(),
    decisions_total: z.int(),
    approval_rate: z.number().nullable(),
    avg_decision_minutes: z.number().nullable(),
    open_cards: z.int(),
    current_load: z.number(),
    experiences_total: z.int(),
  })
  .meta({ id: 'PersonMetrics' });

export const RoutingWeightsRequest = z
  .object({
    candidate_ids: z.array(ActorId).min(1).max(DECISION_LIMITS.candidates),
    domain: optional(text(DECISION_LIMITS.tags.chars)),
  })
  .meta({ id: 'RoutingWeightsRequest' });
const share = z.number();
export const RoutingWeights = z
  .object({
    domain: z.string().nullable(),
    weights: z.array(
      z.object({
        person_id: z.string(),
        score: share,
        breakdown: z.object({ participation: share, domain: share, tree: share, load: share }),
        weight: share,
      }),
    ),
    unknown_ids: z.array(z.string()),
  })
  .meta({ id: 'RoutingWeights' });

const GraphNode = z
  .object({
    id: z.string(),
    type: z.enum(['Person', 'Team', 'Department', 'Domain']),
    name: z.string(),
    properties: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  })
  .meta({ id: 'GraphNode' });
const GraphEdge = z
  .object({
    source: z.string(),
    target: z.string(),
    type: z.enum(['WORKS_IN', 'PART_OF', 'OWNS', 'EXPERT_IN', 'project', 'risk', 'budget']),
    properties: z.record(z.string(), z.number()),
  })
  .meta({ id: 'GraphEdge' });
const counts = z.record(z.string(), z.int());
export const FullGraph = z
  .object({
    nodes: z.array(GraphNode),
    edges: z.array(GraphEdge),
    metadata: z.object({
      total_nodes: z.int(),
      total_edges: z.int(),
      returned_nodes: z.int(),
      returned_edges: z.int(),
      node_type_counts: counts,
      edge_type_counts: counts,
      is_truncated: z.boolean(),
    }),
  })
  .meta({ id: 'FullGraph' });
export const Subgraph = z
  .object({
    nodes: z.array(GraphNode),
    edges: z.array(GraphEdge),
    highlights: z.object({
      owner_id: z.string().nullable(),
      co_reviewer_ids: z.array(z.string()),
      decision_set_ids: z.array(z.string()),
    }),
    badges: z.record(z.string(), z.array(z.string())),
  })
  .meta({ id: 'Subgraph' });
