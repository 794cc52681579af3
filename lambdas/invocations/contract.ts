import * as z from 'zod';
import { Environment, EVENT_TYPES, LIMITS, SourceCode } from '../engine/contract';
import { RUNTIMES } from '../platform/runtimes';

/** Shapes of the invocations API (docs/contracts/invocations.md#resources). */

const wholeNumber = ({ min, max, default: fallback }: { min: number; max: number; default: number }) =>
  z.int().min(min).max(max).default(fallback);

/** `main.handler` (python), ... */
const DEFAULT_HANDLERS = RUNTIMES.map(({ defaultHandler, language }) => `\`${defaultHandler}\` (${language})`).join(
  ', ',
);

export const InvocationRequest = z
  .object({
    code: SourceCode,
    runtime: z.string().min(1).meta({ description: 'A runtime name or one of its many spellings, see GET /runtimes.' }),
    handler: z
      .string()
      .max(128)
      .regex(/^([A-Za-z_][A-Za-z0-9_]*\.)?[A-Za-z_$][A-Za-z0-9_$]*$/, {
        error: "must look like 'main.handler' or 'handler'",
      })
      .optional()
      .meta({
        description: `\`module.function\` or \`function\`; default ${DEFAULT_HANDLERS}.`,
      }),
    payload: z
      .unknown()
      .default({})
      .meta({ description: 'Any JSON value, nesting at most 64: the first argument of the handler.' }),
    timeoutMs: wholeNumber(LIMITS.timeoutMs).meta({ description: 'Milliseconds of user-code time.' }),
    memoryMb: wholeNumber(LIMITS.memoryMb).meta({ description: 'MiB.' }),
    env: Environment.default({}),
  })
  .meta({ id: 'InvocationRequest' });

export type InvocationRequest = z.output<typeof InvocationRequest>;

/** Items are validated one by one, so that a bad one does not refuse its neighbours. */
export const BatchRequest = z
  .object({ invocations: z.array(z.unknown()).min(1).max(LIMITS.batchItems) })
  .meta({ id: 'BatchRequest', description: 'Each entry is an InvocationRequest; entries are independent.' });

export const Status = z.enum([
  'REQUEST_RECEIVED',
  'CODE_FETCHING',
  'SANDBOX_PREPARING',
  'EXECUTING',
  'COMPLETED',
  'FAILED',
]);

export const ErrorType = z.enum([
  'RUNTIME_ERROR',
  'SYNTAX_ERROR',
  'HANDLER_NOT_FOUND',
  'INVALID_RESULT',
  'TIMEOUT',
  'OUT_OF_MEMORY',
  'CANCELLED',
  'PLATFORM_ERROR',
]);

const Time = z.iso.datetime({ precision: 3 });
const InvocationId = z.string().regex(/^inv-[0-9A-Za-z]{26}$/);

export const Accepted = z
  .object({
    invocationId: InvocationId,
    status: z.literal('REQUEST_RECEIVED'),
    runtime: z.string(),
    requestedRuntime: z.string(),
    createdAt: Time,
    streamUrl: z
      .string()
      .meta({ description: 'Relative to the origin of the API; carries a ticket where callers must authenticate.' }),
  })
  .meta({ id: 'Accepted' });

const Problem = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

export const BatchAccepted = z
  .object({
    batchId: z.string(),
    accepted: z.int(),
    rejected: z.int(),
    items: z.array(
      z.union([z.object({ index: z.int(), ...Accepted.shape }), z.object({ index: z.int(), error: Problem })]),
    ),
  })
  .meta({ id: 'BatchAccepted' });

const Usage = z.object({ cpuMs: z.int(), maxMemoryBytes: z.int(), durationMs: z.int(), coldStart: z.boolean() });
const Truncated = z.object({ logs: z.boolean(), result: z.boolean() });

export const Summary = z
  .object({
    invocationId: InvocationId,
    status: Status,
    runtime: z.string(),
    requestedRuntime: z.string(),
    runtimeVersion: z.string().nullable().meta({
      description: 'Version of the language that really ran it, such as 3.13.11; null until a sandbox took it.',
    }),
    handler: z.string(),
    timeoutMs: z.int(),
    memoryMb: z.int(),
    batchId: z.string().nullable(),
    createdAt: Time,
    startedAt: Time.nullable(),
    finishedAt: Time.nullable(),
    durationMs: z.int().nullable(),
    errorType: ErrorType.nullable(),
    errorMessage: z.string().nullable(),
    usage: Usage.nullable(),
    truncated: Truncated,
    lastSeq: z.int(),
  })
  .meta({ id: 'InvocationSummary' });

export const Invocation = Summary.extend({
  envNames: z.array(z.string()),
  result: z
    .object({ statusCode: z.int(), body: z.string(), headers: z.record(z.string(), z.string()).optional() })
    .nullable(),
  logsTail: z.array(z.string()),
}).meta({ id: 'Invocation' });

export type Invocation = z.output<typeof Invocation>;
export type Summary = z.output<typeof Summary>;

export const InvocationPage = z
  .object({ items: z.array(Summary), nextCursor: z.string().nullable() })
  .meta({ id: 'InvocationPage' });

export const Event = z
  .object({ seq: z.int(), event: z.enum(EVENT_TYPES), data: z.record(z.string(), z.unknown()) })
  .meta({ id: 'Event' });

export const EventPage = z
  .object({ invocationId: InvocationId, events: z.array(Event), nextAfter: z.int(), complete: z.boolean() })
  .meta({ id: 'EventPage' });

export const RuntimeList = z
  .object({
    runtimes: z.array(
      z.object({
        name: z.string(),
        language: z.string(),
        version: z.string(),
        defaultHandler: z.string(),
        aliases: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'RuntimeList' });
