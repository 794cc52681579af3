import * as z from 'zod';
import { queryInteger } from '../platform/http/query';
import type { RouteTable } from '../platform/http/route';
import { AuditLogEntry, MeetingKept, MeetingRequest, Utterances } from './contract';
import {
  FullGraph,
  PersonMetrics,
  PersonView,
  RoutingWeights,
  RoutingWeightsRequest,
  Subgraph,
} from './contract-people';
import { DECISION_LIMITS } from './limits';
import { clampedInteger, queryList } from './queries';
import { asked, byRun, filter, MAX_OFFSET, replayed, sent, user } from './route-parts';

const { audited, periodDays, nodes, edges, subgraphNodes } = DECISION_LIMITS;

/** Who has done what, people and what connects them, and what was said about runs. */
export const organisationRoutes = {
  listAuditLogs: {
    method: 'GET',
    path: '/api/audit/logs',
    summary: 'List what has happened, newest first; filters are combined',
    scope: 'read',
    requestHeaders: user,
    query: z.object({
      resource_type: filter,
      resource_id: filter,
      actor_id: filter,
      event_type: filter,
      run_id: filter,
      limit: z
        .string()
        .optional()
        .transform((text) => (text !== undefined && /^-\d{1,15}$|^0{1,15}$/.test(text) ? '1' : text))
        .pipe(queryInteger(1, audited.max, audited.default))
        .meta({ description: `Whole number, at most ${audited.max}; default ${audited.default}.` }),
      offset: queryInteger(0, MAX_OFFSET, 0),
    }),
    success: { status: 200, body: z.array(AuditLogEntry) },
    errors: asked,
  },
  getTimeline: {
    method: 'GET',
    path: '/api/audit/runs/{run_id}/timeline',
    summary: 'List what has happened about a run, oldest first',
    scope: 'read',
    requestHeaders: user,
    params: byRun,
    success: { status: 200, body: z.array(AuditLogEntry) },
    errors: [...asked, 'RUN_NOT_FOUND'],
  },
  getPersonMetrics: {
    method: 'GET',
    path: '/api/audit/persons/{person_id}/metrics',
    summary: 'Count what a person has decided, and how long that took',
    scope: 'read',
    requestHeaders: user,
    params: z.object({ person_id: z.string() }),
    query: z.object({ period_days: queryInteger(periodDays.min, periodDays.max, periodDays.default) }),
    success: { status: 200, body: PersonMetrics },
    errors: [...asked, 'PERSON_NOT_FOUND'],
  },
  weighCandidates: {
    method: 'POST',
    path: '/api/audit/routing-weights',
    summary: 'Say how much of a kind of issue each of some people should get',
    scope: 'read',
    requestHeaders: user,
    body: { schema: RoutingWeightsRequest, idempotent: true },
    success: { status: 200, body: RoutingWeights, headers: replayed },
    errors: sent,
  },
  listPersons: {
    method: 'GET',
    path: '/api/persons',
    summary: 'List people by name',
    scope: 'read',
    requestHeaders: user,
    query: z.object({ role: filter }),
    success: { status: 200, body: z.array(PersonView) },
    errors: asked,
  },
  getMe: {
    method: 'GET',
    path: '/api/persons/me',
    summary: 'Read who X-User-ID is',
    scope: 'read',
    requestHeaders: user,
    success: { status: 200, body: PersonView },
    errors: [...asked, 'PERSON_NOT_FOUND'],
  },
  getFullGraph: {
    method: 'GET',
    path: '/api/graphs/full',
    summary: 'Show the organisation as a graph',
    scope: 'read',
    requestHeaders: user,
    query: z.object({
      node_types: queryList,
      include_relationships: queryList,
      max_nodes: queryInteger(nodes.min, nodes.max, nodes.default),
      max_edges: queryInteger(edges.min, edges.max, edges.default),
      department: filter,
      team: filter,
    }),
    success: { status: 200, body: FullGraph },
    errors: asked,
  },
  getSubgraph: {
    method: 'GET',
    path: '/api/graphs/{run_id}/subgraph',
    summary: 'Show the people of a run and what is around them',
    scope: 'read',
    requestHeaders: user,
    params: byRun,
    query: z.object({ max_nodes: clampedInteger(subgraphNodes.min, subgraphNodes.max, subgraphNodes.default) }),
    success: { status: 200, body: Subgraph },
    errors: [...asked, 'RUN_NOT_FOUND'],
  },
  addToMeeting: {
    method: 'POST',
    path: '/api/meetings/{run_id}',
    summary: 'Keep what was said about a run; the next iteration takes it into account',
    scope: 'write',
    requestHeaders: user,
    params: byRun,
    body: { schema: MeetingRequest, idempotent: true },
    success: { status: 201, body: MeetingKept, headers: replayed },
    errors: [...sent, 'RUN_NOT_FOUND'],
  },
  listUtterances: {
    method: 'GET',
    path: '/api/virtual-meetings/utterances/{run_id}',
    summary: 'List what was said about a run, by people and in generated meetings',
    scope: 'read',
    requestHeaders: user,
    params: byRun,
    success: { status: 200, body: Utterances },
    errors: [...asked, 'RUN_NOT_FOUND'],
  },
} as const satisfies RouteTable;
