import * as z from 'zod';
import { EVENT_TYPES } from '../engine/contract';
import { USER_ID_HEADER } from '../platform/auth/user-id';
import type { RouteTable } from '../platform/http/route';
import { MeetingBody } from './contract';

/** What every event of a run carries; more stands beside it, by type (docs/contracts/invocations.md#events). */
const StreamEvent = z
  .looseObject({
    type: z.enum(EVENT_TYPES),
    invocationId: z.string(),
    seq: z.int().min(1).meta({ description: 'The id of the event.' }),
    ts: z.iso.datetime({ precision: 3 }),
    payload: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'StreamEvent' });

/** What every event of a task carries (docs/contracts/builds.md#events). */
const TaskEvent = z
  .looseObject({
    type: z.enum(['STATUS', 'LOG', 'COMPLETE']),
    task_id: z.string(),
    seq: z.int().min(1).meta({ description: 'The id of the event.' }),
    ts: z.iso.datetime({ precision: 3 }),
    payload: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TaskEvent' });

/** Data of an event of a decision, whose type is the event's (docs/contracts/decisions.md#events). */
const DecisionEvent = z
  .looseObject({})
  .meta({ id: 'DecisionEvent', description: 'What it holds goes by the type of the event.' });

/** docs/contracts/decisions.md#events */
const MeetingEvent = z
  .looseObject({
    turn: z.int().min(1).optional(),
    speaker_name: z.string().optional(),
    speaker_role: z.string().optional(),
    text: z.string().optional(),
    perspective: z.string().optional(),
  })
  .meta({ id: 'MeetingEvent', description: 'Of an utterance; complete and error hold other things.' });

/** Not required by the description: the address of a decision's stream may say it instead. */
const user = { 'X-User-ID': USER_ID_HEADER } as const;

const lastEventId = z
  .string()
  .optional()
  .meta({ description: 'Resume after this seq; the header Last-Event-ID wins.' });

/** Served by the response-streaming function, to which the edge sends what is below these paths (docs/adr/0033-streams-with-post.md). */
export const streamRoutes = {
  streamInvocation: {
    method: 'GET',
    path: '/stream/invocations/{id}',
    summary: 'Follow a run live as server-sent events',
    scope: 'read',
    params: z.object({ id: z.string() }),
    query: z.object({
      lastEventId,
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
  streamTask: {
    method: 'GET',
    path: '/stream/tasks/{task_id}',
    summary: 'Follow a build or a push live as server-sent events',
    scope: 'read',
    params: z.object({ task_id: z.string() }),
    query: z.object({
      lastEventId,
      workspace_id: z.string().optional().meta({ description: 'The task must be of this workspace.' }),
    }),
    success: {
      status: 200,
      description: 'Events until COMPLETE; 204 if all was already seen',
      contentType: 'text/event-stream',
      events: TaskEvent,
    },
    errors: ['VALIDATION_ERROR', 'UNAUTHENTICATED', 'NOT_FOUND'],
  },
  streamDecision: {
    method: 'GET',
    path: '/api/decisions/stream/{run_id}',
    summary: 'Follow the compilation of a decision live as server-sent events',
    scope: 'read',
    requestHeaders: user,
    params: z.object({ run_id: z.string() }),
    query: z.object({
      user_id: z.string().optional().meta({ description: 'Who asks, for clients that cannot send X-User-ID.' }),
      last_event_id: z
        .string()
        .optional()
        .meta({ description: 'Resume after this id; the header Last-Event-ID wins.' }),
    }),
    success: {
      status: 200,
      description: 'Events of the current iteration until its end; 204 if all was already seen',
      contentType: 'text/event-stream',
      events: DecisionEvent,
    },
    errors: ['VALIDATION_ERROR', 'UNAUTHENTICATED', 'USER_ID_REQUIRED', 'RUN_NOT_FOUND'],
  },
  generateMeeting: {
    method: 'POST',
    path: '/api/virtual-meetings/generate/{run_id}',
    summary: 'Generate a meeting about a decision, and follow it live as server-sent events',
    scope: 'run',
    requestHeaders: user,
    params: z.object({ run_id: z.string() }),
    body: { schema: MeetingBody },
    success: {
      status: 200,
      description: 'Utterances until complete',
      contentType: 'text/event-stream',
      events: MeetingEvent,
    },
    errors: [
      'INVALID_JSON',
      'VALIDATION_ERROR',
      'UNAUTHENTICATED',
      'USER_ID_REQUIRED',
      'RUN_NOT_FOUND',
      'PAYLOAD_TOO_LARGE',
    ],
  },
} as const satisfies RouteTable;
