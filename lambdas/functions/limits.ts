/** Limits of the functions API, with units (docs/contracts/functions.md#resources, #endpoints, #semantics). */
export const LIMITS = {
  nameChars: 100,
  descriptionChars: 1_000,
  memoryMb: { min: 128, max: 1_024, default: 256 },
  timeoutSeconds: { min: 1, max: 900, default: 30 },
  envNames: 50,
  envBytes: 4 * 1_024,
  codeBytes: 256 * 1_024,
  /** Base64 characters of all functions of a workspace together: the console loads them with one list. */
  workspaceCodeChars: 4 * 1_024 * 1_024,
  /** Of everything else in that list, which one reply has to carry (platform/reply-bytes.ts): about 2,000 functions. */
  workspaceSettingsBytes: 1.5 * 1_024 * 1_024,
  urlChars: 2_048,
  /** What a function may answer. */
  resultBytes: 5 * 1_024 * 1_024,
  logLines: 200,
  logLineBytes: 8 * 1_024,
  workspaceLogs: { max: 500, default: 50 },
  functionLogs: { max: 1_000, default: 100 },
  liveLogs: { max: 1_000, default: 100 },
  /** What a log or metrics source is given to answer. */
  sourceMs: 10_000,
  metricsWindowSeconds: 3_600,
} as const;

/** What stands in answers for every environment value. */
export const MASK = '********';

/** Before the id of a function: partition key of the record that says that it is there (the manifest's `runs`). */
export { FUNCTION_IDS as OWNED_IN } from '../platform/dynamo/functions';
