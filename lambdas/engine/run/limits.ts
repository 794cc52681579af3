/**
 * Limits of one run, with units; used by schemas, code, OpenAPI and documentation alike
 * (docs/contracts/invocations.md#resources, #semantics).
 */
export const LIMITS = {
  codeBytes: 1024 * 1024,
  timeoutMs: { min: 100, max: 900_000, default: 30_000 },
  memoryMb: { min: 128, max: 3008, default: 256 },
  envNames: 50,
  envBytes: 32 * 1024,
  logLineBytes: 8 * 1024,
  logBytes: 1024 * 1024,
  logLines: 10_000,
  resultBytes: 1024 * 1024,
  errorMessageBytes: 4 * 1024,
  logsTailLines: 20,
  batchItems: 100,
  retentionDays: 30,
} as const;

/** How long each phase may take before the reaper ends the run; milliseconds. */
export const DEADLINES = {
  /** From the record to a worker that claims it: what the runner's queue keeps an event. */
  queuedMs: 16 * 60_000,
  /** From a claim to the start: long enough for Lambda's two retries, one and two minutes apart. */
  claimedMs: 200_000,
  /** Beyond timeoutMs, from the moment the code is handed to a sandbox: what its cold start may take, and a full platform. */
  handedOverGraceMs: 40_000,
  /** Beyond timeoutMs, from EXECUTING on: what the last frames and writes may take. The contract allows 60 s (section 6, "Time"). */
  executingGraceMs: 10_000,
  /** From the record on, how long a run that finds no sandbox goes back to the queue. */
  noSandboxMs: 10 * 60_000,
} as const;

/** How long a run may be open, from its record on; milliseconds. */
export const openAtMostMs = ({ timeoutMs }: { readonly timeoutMs: number }): number =>
  DEADLINES.queuedMs + DEADLINES.claimedMs + timeoutMs + DEADLINES.executingGraceMs;

/** A run is claimed once and replaced at most twice (docs/contracts/invocations.md#retries). */
export const MAX_ATTEMPTS = 3;

/** Larger inputs go through the bucket: an asynchronous invoke takes at most 256 KB on every account. */
export const INLINE_INPUT_BYTES = 128 * 1024;
