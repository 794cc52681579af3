/** Limits of this service, with units; used by schemas, code and description alike (docs/contracts/builds.md). */
export const BUILD_LIMITS = {
  archive: { unpackedBytes: 50 * 1024 * 1024, entries: 1000 },
  form: { fields: 20, fieldBytes: 64 * 1024 },
  appNameChars: 200,
  textChars: 2048,
  errorBytes: 8 * 1024,
  /** Of a task's events, as JSON: the line that passes it is the last. */
  logBytes: 128 * 1024,
  requirementsBytes: 32 * 1024,
  /** What Lambda takes of a zip in a request. */
  artifactBytes: 50 * 1024 * 1024,
  replicas: { min: 1, max: 100 },
  /** JSON of tolerations, and of an affinity: more no cluster takes. */
  overlayBytes: 32 * 1024,
  listed: { max: 200, default: 50 },
  /** Tasks of a workspace that are not at their end. */
  tasksAtOnce: 20,
  /** Days that tasks, sources and artifacts are kept. */
  keptDays: 90,
} as const;

/** Milliseconds after its creation by which a task is at its end (docs/contracts/builds.md#deadline). */
export const TASK_DEADLINE_MS = 570_000;

/** Milliseconds after its beginning by which a deploy is at its end. */
export const DEPLOY_DEADLINE_MS = 480_000;
/** Milliseconds that the caller of a deploy waits at most (docs/contracts/builds.md#deploy-time). */
export const DEPLOY_ANSWER_MS = 25_000;
