import * as z from 'zod';
import { queryInteger } from '../platform/http/query';
import type { RouteTable } from '../platform/http/route';
import {
  Accepted,
  BatchAccepted,
  BatchRequest,
  EventPage,
  Invocation,
  InvocationPage,
  InvocationRequest,
  RuntimeList,
  Status,
} from './contract';

const byId = z.object({ id: z.string() });
const startErrors = [
  'INVALID_JSON',
  'VALIDATION_ERROR',
  'UNSUPPORTED_RUNTIME',
  'PAYLOAD_TOO_LARGE',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_IN_PROGRESS',
] as const;

/** The invocations API (docs/contracts/invocations.md#endpoints); the stream itself is in `stream/routes.ts`. */
export const invocationsRoutes = {
  startInvocation: {
    method: 'POST',
    path: '/invocations',
    summary: 'Run a piece of source code once',
    scope: 'run',
    body: {
      schema: InvocationRequest,
      envelopeDepth: 1,
      idempotent: true,
      example: {
        code: "def handler(event):\n    print('hi', event['who'])\n    return {'ok': True}\n",
        runtime: 'python3.13',
        payload: { who: 'Bora' },
      },
    },
    success: { status: 202, body: Accepted, headers: ['Location', 'Idempotency-Replayed'] },
    errors: startErrors,
  },
  startBatch: {
    method: 'POST',
    path: '/invocations/batch',
    summary: 'Run up to 100 pieces of source code, independent of each other',
    scope: 'run',
    body: {
      schema: BatchRequest,
      envelopeDepth: 3,
      idempotent: true,
      example: { invocations: [{ code: 'exports.handler = async (event) => event;', runtime: 'nodejs24' }] },
    },
    success: { status: 202, body: BatchAccepted, headers: ['Idempotency-Replayed'] },
    errors: startErrors,
  },
  listInvocations: {
    method: 'GET',
    path: '/invocations',
    summary: 'List runs, newest first',
    scope: 'read',
    query: z.object({
      limit: queryInteger(1, 100, 20),
      cursor: z.string().optional().meta({ description: 'nextCursor of the page before.' }),
      status: Status.optional(),
      batchId: z.string().optional(),
    }),
    success: { status: 200, body: InvocationPage },
    errors: ['VALIDATION_ERROR'],
  },
  getInvocation: {
    method: 'GET',
    path: '/invocations/{id}',
    summary: 'Read a run',
    scope: 'read',
    params: byId,
    success: { status: 200, body: Invocation },
    errors: ['INVOCATION_NOT_FOUND'],
  },
  getEvents: {
    method: 'GET',
    path: '/invocations/{id}/events',
    summary: 'Read the events of a run, page by page',
    scope: 'read',
    params: byId,
    query: z.object({ after: queryInteger(0, Number.MAX_SAFE_INTEGER, 0), limit: queryInteger(1, 1000, 100) }),
    success: { status: 200, body: EventPage },
    errors: ['VALIDATION_ERROR', 'INVOCATION_NOT_FOUND'],
  },
  cancelInvocation: {
    method: 'POST',
    path: '/invocations/{id}/cancel',
    summary: 'Cancel a run',
    scope: 'run',
    params: byId,
    success: { status: 200, body: Invocation },
    errors: ['INVOCATION_NOT_FOUND', 'INVOCATION_ALREADY_FINISHED'],
  },
  listRuntimes: {
    method: 'GET',
    path: '/runtimes',
    summary: 'List the runtimes',
    scope: 'public',
    success: { status: 200, body: RuntimeList },
    errors: [],
  },
} as const satisfies RouteTable;
