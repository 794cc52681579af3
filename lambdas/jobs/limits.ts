import { LIMITS as ENGINE } from '../engine/contract';

/** Limits of the jobs API, with units (docs/contracts/jobs.md#resources, #endpoints, #semantics). */
export const LIMITS = {
  codeBytes: ENGINE.codeBytes,
  inputBytes: 1024 * 1024,
  timeoutMs: ENGINE.timeoutMs,
  memoryMb: 256,
  /** stdout and stderr, each. */
  outputBytes: 256 * 1024,
  /** The same in lists. */
  listedOutputBytes: 1024,
  functionNameChars: 255,
  descriptionChars: 4_000,
  projectNameChars: 255,
  projects: 1_000,
  listed: { max: 1_000, default: 100 },
  /** An execute that waits answers after this, finished or not; an HTTP API gives up at 30 s. */
  waitMs: 25_000,
  retentionDays: ENGINE.retentionDays,
  metrics: { minutes: { min: 1, max: 60, default: 10 }, periodSeconds: { min: 10, max: 3_600, default: 60 } },
} as const;
