import * as z from 'zod';

/**
 * What the API promises, written from the contract and not from the product, so that the two can disagree.
 * Strict where a field too many would be a leak.
 */

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

/** ISO 8601, UTC with `Z`, milliseconds. */
const Time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const Id = z.string().regex(/^inv-[0-9A-Za-z]{26}$/);

export const Accepted = z.object({
  invocationId: Id,
  status: z.literal('REQUEST_RECEIVED'),
  runtime: z.string(),
  requestedRuntime: z.string(),
  createdAt: Time,
  streamUrl: z.string().regex(/^\/stream\/invocations\/inv-[0-9A-Za-z]{26}(\?ticket=[A-Za-z0-9._~%-]+)?$/),
});
export type Accepted = z.output<typeof Accepted>;

const Result = z.strictObject({
  statusCode: z.int().min(100).max(599),
  body: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
});
const Usage = z.strictObject({
  cpuMs: z.int().min(0),
  maxMemoryBytes: z.int().min(0),
  durationMs: z.int().min(0),
  coldStart: z.boolean(),
});
const Truncated = z.strictObject({ logs: z.boolean(), result: z.boolean() });

export const Summary = z.strictObject({
  invocationId: Id,
  status: Status,
  runtime: z.string(),
  requestedRuntime: z.string(),
  runtimeVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .nullable(),
  handler: z.string(),
  timeoutMs: z.int(),
  memoryMb: z.int(),
  batchId: z.string().startsWith('bat-').nullable(),
  createdAt: Time,
  startedAt: Time.nullable(),
  finishedAt: Time.nullable(),
  durationMs: z.int().min(0).nullable(),
  errorType: ErrorType.nullable(),
  errorMessage: z.string().nullable(),
  usage: Usage.nullable(),
  truncated: Truncated,
  lastSeq: z.int().min(1),
});

export const Invocation = z.strictObject({
  ...Summary.shape,
  envNames: z.array(z.string()),
  result: Result.nullable(),
  logsTail: z.array(z.string()).max(20),
});
export type Invocation = z.output<typeof Invocation>;

export const InvocationPage = z.strictObject({ items: z.array(Summary), nextCursor: z.string().nullable() });

const common = { invocationId: Id, seq: z.int().min(1), ts: Time };
const extras = { usage: Usage.optional(), truncated: Truncated.optional() };

export const StatusData = z.strictObject({
  type: z.literal('STATUS'),
  ...common,
  status: Status,
  payload: z.strictObject({ status: Status }),
});
export const LogData = z.strictObject({
  type: z.literal('LOG'),
  ...common,
  line: z.string(),
  payload: z.strictObject({
    line: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    truncated: z.literal(true).optional(),
  }),
});
export const CompleteData = z.strictObject({
  type: z.literal('COMPLETE'),
  ...common,
  status: z.enum(['COMPLETED', 'FAILED']),
  payload: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('COMPLETED'), result: Result, durationMs: z.int().min(0), ...extras }),
    z.strictObject({
      status: z.literal('FAILED'),
      errorType: ErrorType,
      errorMessage: z.string(),
      logsTail: z.array(z.string()).max(20),
      durationMs: z.int().min(0),
      ...extras,
    }),
  ]),
});

export const Event = z.discriminatedUnion('event', [
  z.strictObject({ seq: z.int().min(1), event: z.literal('STATUS'), data: StatusData }),
  z.strictObject({ seq: z.int().min(1), event: z.literal('LOG'), data: LogData }),
  z.strictObject({ seq: z.int().min(1), event: z.literal('COMPLETE'), data: CompleteData }),
]);
export type Event = z.output<typeof Event>;

export const EventPage = z.strictObject({
  invocationId: Id,
  events: z.array(Event),
  nextAfter: z.int().min(0),
  complete: z.boolean(),
});

export const ErrorBody = z.strictObject({
  error: z.strictObject({
    code: z.string().regex(/^[A-Z_]+$/),
    message: z.string().min(1),
    details: z.record(z.string(), z.unknown()).optional(),
    requestId: z.string().min(1),
  }),
});

/** In the jobs and callbacks APIs an error also says its message as `detail`. */
export const ErrorBodyWithDetail = ErrorBody.extend({ detail: z.string() });

const Problem = z.strictObject({
  code: z.string(),
  message: z.string().min(1),
  details: z.record(z.string(), z.unknown()).optional(),
});
const AcceptedItem = z.object({
  index: z.int(),
  invocationId: Id,
  status: z.literal('REQUEST_RECEIVED'),
  runtime: z.string(),
  requestedRuntime: z.string(),
});
const RejectedItem = z.strictObject({ index: z.int(), error: Problem });
export const BatchAccepted = z.object({
  batchId: z.string().regex(/^bat-[0-9A-Za-z]+$/),
  accepted: z.int(),
  rejected: z.int(),
  items: z.array(z.union([RejectedItem, AcceptedItem])),
});

export const RuntimeList = z.object({
  runtimes: z.array(
    z.object({
      name: z.string(),
      language: z.string(),
      version: z.string(),
      defaultHandler: z.string(),
      aliases: z.array(z.string()),
    }),
  ),
});
