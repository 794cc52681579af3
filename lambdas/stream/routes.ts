import * as z from 'zod';
import type { RouteTable } from '../platform/route';

/** Served by the response-streaming function under `/stream/*` (contract: invocations, sections 3 and 5). */
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
    },
    errors: ['VALIDATION_ERROR', 'UNAUTHENTICATED', 'INVOCATION_NOT_FOUND'],
  },
} as const satisfies RouteTable;
