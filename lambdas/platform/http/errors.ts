/**
 * Every way that the platform refuses a request, and the one HTTP status each has over all APIs
 * (docs/contracts/common.md#errors). With those of services (`ServiceErrors`) the union is closed: a code that is in
 * neither cannot be thrown, a code without a status does not compile.
 */
export const STATUS_BY_CODE = {
  INVALID_JSON: 400,
  VALIDATION_ERROR: 400,
  UNSUPPORTED_RUNTIME: 400,
  UNAUTHENTICATED: 401,
  USER_ID_REQUIRED: 401,
  FORBIDDEN: 403,
  ROUTE_NOT_FOUND: 404,
  INVOCATION_NOT_FOUND: 404,
  RUN_NOT_FOUND: 404,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  IDEMPOTENCY_KEY_REUSED: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
} as const satisfies Record<string, number>;

/** Codes with their status. */
export type ErrorStatuses = Readonly<Record<string, number>>;

/**
 * Codes that a service has for itself: its `error-codes.ts` has them with their status, for its endpoint and its manifest, and adds
 * them here (`declare module`), so that the compiler knows all codes there are.
 */
export interface ServiceErrors extends Record<never, number> {}

export type ErrorCode = keyof typeof STATUS_BY_CODE | keyof ServiceErrors;

/** @param own codes of the service that answers; of another's it is a fault of ours */
export function statusOf(code: ErrorCode, own: ErrorStatuses = {}): number {
  const shared: ErrorStatuses = STATUS_BY_CODE;
  return own[code] ?? shared[code] ?? STATUS_BY_CODE.INTERNAL_ERROR;
}

export interface AppErrorOptions {
  /** Machine-readable facts for the caller; never a stack, an internal name or a secret. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** Extra response headers, e.g. `Allow`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What went wrong underneath: logged, never answered. */
  readonly cause?: unknown;
  /**
   * The work was done, and this is what came of it: a repeat with the same Idempotency-Key gets it again instead of
   * doing the work once more.
   */
  readonly replayable?: boolean;
}

/** A refusal that travels from where it is known to the one mapper that makes a response of it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly replayable: boolean;

  /** @param message what is wrong and what would be right, for the caller to read */
  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.replayable = options.replayable ?? false;
    this.headers = { ...RETRY_AFTER[code], ...options.headers };
  }
}

/** Seconds a caller should wait before trying again, for the codes that promise the header. */
const RETRY_AFTER: { readonly [C in ErrorCode]?: { readonly 'Retry-After': string } } = {
  RATE_LIMITED: { 'Retry-After': '1' },
  SERVICE_UNAVAILABLE: { 'Retry-After': '2' },
  IDEMPOTENCY_IN_PROGRESS: { 'Retry-After': '1' },
};

/** 400 `VALIDATION_ERROR` that names the field (docs/contracts/common.md#errors). */
export const invalid = (field: string, message: string): AppError =>
  new AppError('VALIDATION_ERROR', message, { details: { field } });

/** Codes that any route may answer besides its own; the description (OpenAPI) lists them for every operation. */
export const COMMON_ERRORS = [
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];
