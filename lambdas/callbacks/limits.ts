/**
 * Limits of this service, with units; used by schemas, code and description alike (docs/contracts/callbacks.md#resources,
 * #endpoints, #semantics).
 */
export const CALLBACK_LIMITS = {
  callbacks: 1000,
  rooms: 1000,
  libraryBytes: 16 * 1024,
  lastErrorBytes: 4 * 1024,
  titleChars: 200,
  chatBytes: 16 * 1024,
  /** Entries of one page: at most, and without `limit`. */
  page: { callbacks: 200, rooms: 1000, chats: 200 },
  /** Of one call. */
  memoryMb: 256,
  /** Bytes of an event as JSON text: what sandboxes read from the bucket. */
  eventBytes: 32 * 1024 * 1024,
  /** Milliseconds of user code: the answer has to come before the front's own 30 s. */
  timeoutMs: 28_000,
  resultBytes: 5 * 1024 * 1024,
} as const;

/** Milliseconds that `POST /callback/deploy` waits for a build (docs/contracts/callbacks.md#states). */
export const DEPLOY_WAIT_MS = 25_000;

/**
 * Names below `/api` that belong to the platform or are kept for it (docs/contracts/callbacks.md#path). Those of
 * services that came later are told by the stage (reserved-names.ts).
 */
export const RESERVED_NAMES: readonly string[] = [
  'workspaces',
  'functions',
  'v1',
  'issues',
  'decisions',
  'persons',
  'graphs',
  'meetings',
  'virtual-meetings',
  'audit',
  'upload',
  'execute',
  'status',
  'cancel',
  'jobs',
  'health',
  'projects',
  'project',
  'log',
  'cloudwatch',
  'kube',
];

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type CallMethod = (typeof METHODS)[number];
