import * as z from 'zod';
import { TraceContext } from '../../platform/trace-context';
import { Fault } from './fault';
import { Preview } from '../events/http-answer';

/** A run and its states (docs/contracts/invocations.md#resources, #semantics). */

export const RUN_STATUSES = [
  'REQUEST_RECEIVED',
  'CODE_FETCHING',
  'SANDBOX_PREPARING',
  'EXECUTING',
  'COMPLETED',
  'FAILED',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const ERROR_TYPES = [
  'RUNTIME_ERROR',
  'SYNTAX_ERROR',
  'HANDLER_NOT_FOUND',
  'INVALID_RESULT',
  'TIMEOUT',
  'OUT_OF_MEMORY',
  'CANCELLED',
  'PLATFORM_ERROR',
] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

export const isTerminal = (status: RunStatus): boolean => status === 'COMPLETED' || status === 'FAILED';

export const Usage = z.object({
  /** User and system CPU milliseconds of the process tree. */
  cpuMs: z.number(),
  /** Peak resident bytes of the process tree. */
  maxMemoryBytes: z.number(),
  /** Wall milliseconds of user code. */
  durationMs: z.number(),
  /** The environment was created for this run. */
  coldStart: z.boolean(),
  /** `durationMs` before it was rounded; milliseconds. Known for what a sandbox ended. */
  exactMs: z.number().optional(),
  /** `cpuMs` before it was rounded; as above. */
  exactCpuMs: z.number().optional(),
  /** Of the process; null when it was killed. Known for what a sandbox ended. */
  exitCode: z.number().nullable().optional(),
});
export type Usage = z.output<typeof Usage>;

export const NO_USAGE: Usage = { cpuMs: 0, maxMemoryBytes: 0, durationMs: 0, coldStart: false };

/** Wall milliseconds from the start of the user's code to the end of the run, by the platform's clock: no sandbox is asked. */
export const wallMs = ({ startedAt, finishedAt }: Pick<Run, 'startedAt' | 'finishedAt'>): number =>
  startedAt === undefined || finishedAt === undefined ? 0 : Math.max(0, finishedAt - startedAt);

/** The figures that records and events show (docs/contracts/invocations.md#resources). */
export function publicUsage(
  usage: Usage | undefined,
): Pick<Usage, 'cpuMs' | 'maxMemoryBytes' | 'durationMs' | 'coldStart'> | undefined {
  if (!usage) return undefined;
  const { cpuMs, maxMemoryBytes, durationMs, coldStart } = usage;
  return { cpuMs, maxMemoryBytes, durationMs, coldStart };
}

/** What came of a run. The user's code failing is an outcome, not an error of ours. */
export type Outcome =
  | {
      readonly ok: true;
      readonly resultJson: string;
      readonly resultTruncated: boolean;
      readonly statusCode?: number;
      readonly resultPreview?: Preview | undefined;
    }
  | {
      readonly ok: false;
      readonly errorType: ErrorType;
      readonly errorMessage: string;
      /** Class of what the code threw, and the lines of the code that led there. */
      readonly errorName?: string | undefined;
      readonly errorStack?: string[] | undefined;
      /** Of a `PLATFORM_ERROR`. */
      readonly fault?: Fault | undefined;
    };

/** The record of a run as it is stored. Times are epoch milliseconds. */
export const Run = z.object({
  /** `RUN_VERSION` of the release that began it. A newer record can be read, but is not claimed. */
  version: z.int().min(1).optional(),
  /** `LOG_VERSION` of its events; a log stays as it was begun. */
  logVersion: z.int().min(1).optional(),
  workspace: z.string(),
  id: z.string(),
  /** The service that it came in by; the first release called it so. */
  room: z.string(),
  /** What of that service it belongs to (a function, a job): its runs are counted and listed together. */
  owner: z.string().optional(),
  /** Its end is counted for its owner (`run-counters.ts`). */
  counted: z.boolean().optional(),
  /** Its lines and its CPU time are exported under its owner (`run-export.ts`). */
  exported: z.boolean().optional(),
  /** It can be listed by the time of its end (`run-keys.ts`, the ended indexes). */
  listedByEnd: z.boolean().optional(),
  status: z.enum(RUN_STATUSES),
  /** Fence: each claim and each ending from outside raises it, and a writer must name the one it holds. */
  attempt: z.number(),
  /** How often it went back to the queue because there was no sandbox for it; such attempts do not count. */
  returns: z.number().optional(),
  /** When its code was handed to a sandbox; null or absent: it was not. From then on the code may have been started. */
  handedOverAt: z.number().nullable().optional(),
  runtime: z.string(),
  requestedRuntime: z.string(),
  /** Version of the language that ran it, as the sandbox says it; absent until one took it. */
  runtimeVersion: z.string().optional(),
  handler: z.string(),
  timeoutMs: z.number(),
  memoryMb: z.number(),
  envNames: z.array(z.string()),
  batchId: z.string().optional(),
  /** The trace that its caller counts it among; the code is told. */
  trace: TraceContext.optional(),
  createdAt: z.number(),
  startedAt: z.number().optional(),
  finishedAt: z.number().optional(),
  usage: Usage.optional(),
  /** JSON text of the result; absent for a large one, which is in S3 (`resultStored`). */
  resultJson: z.string().optional(),
  resultStored: z.boolean().optional(),
  /** What is shown in place of a result too large for lists, where its convention has such. */
  resultPreview: Preview.optional(),
  /** What the caller sent, as JSON text, for runs that show it; absent for a large one, which is in S3 (`requestStored`). */
  requestJson: z.string().optional(),
  requestStored: z.boolean().optional(),
  /** HTTP status in the result, where its convention has one. */
  statusCode: z.number().optional(),
  errorType: z.enum(ERROR_TYPES).optional(),
  errorMessage: z.string().optional(),
  errorName: z.string().optional(),
  errorStack: z.array(z.string()).optional(),
  /** Why the platform failed it; `faultOf` reads it, of older records too. */
  fault: Fault.optional(),
  logsTail: z.array(z.string()).optional(),
  logsTruncated: z.boolean(),
  resultTruncated: z.boolean(),
  lastSeq: z.number(),
  /** Seq of the first event in `tail`; earlier ones are in chunks. */
  tailFrom: z.number(),
  tail: z.array(z.string()),
  /** When the reaper ends the run. */
  deadlineAt: z.number(),
});
export type Run = z.output<typeof Run>;
