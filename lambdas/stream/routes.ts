import * as z from 'zod';
import type { RouteTable } from '../platform/http/route';

/** What every event carries; more stands beside it, by type (docs/contracts/invocations.md#events). */
const StreamEvent = z
  .looseObject({
    type: z.enum(['STATUS', 'LOG', 'COMPLETE']),
    invocationId: z.string(),
    seq: z.int().min(1).meta({ description: 'The id of the event.' }),
    ts: z.iso.datetime({ precision: 3 }),
    payload: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'StreamEvent' });

/** Served by the response-streaming function under `/stream/*` (docs/contracts/invocations.md#endpoints, #events). */
export const streamRoutes = {
  streamInvocation: {
    method: 'GET',
    path: '/stream/invocations/{id}',
    summary: 'Follow a run live as server-sent events',
    scope: 'read',
    params: z.object({ id: z.string() }),
    query: z.object({
      lastEventId: z.string().optional().meta({ description: 'Resume after this seq; the header Last-Event-ID wins.' }),
      ticket: z.string().optional().meta({ description: 'Signed ticket of a streamUrl, in place of a credential.' }),
    }),
    success: {
      status: 200,
      description: 'Events until COMPLETE; 204 if all was already seen',
      contentType: 'text/event-stream',
      events: StreamEvent,
    },
    errors: ['VALIDATION_ERROR', 'UNAUTHENTICATED', 'INVOCATION_NOT_FOUND'],
  },
} as const satisfies RouteTable;
