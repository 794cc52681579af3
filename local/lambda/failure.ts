/** What a caller gets when the function, not the service, failed: Lambda's JSON shape. */
export interface FunctionFailure {
  /** e.g. `Runtime.ImportModuleError`, or the name of the error that the handler threw. */
  readonly errorType: string;
  /** The JSON text that the caller receives as payload. */
  readonly payload: string;
}

export function failure(errorType: string, errorMessage: string): FunctionFailure {
  return { errorType, payload: JSON.stringify({ errorType, errorMessage }) };
}

export const timedOut = (requestId: string, timeoutMs: number) =>
  failure(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  );

/** @param how as the Go runtime that stands in Lambda says it: "exit status 1", "signal: killed" */
export const exited = (requestId: string, how: string) =>
  failure('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${how}`);

export const initTimedOut = (limitMs: number) =>
  failure('Sandbox.Timedout', `Error: Init timed out after ${(limitMs / 1000).toFixed(2)} seconds`);

export const responseTooLarge = (limitBytes: number) =>
  failure(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${limitBytes} bytes).`,
  );

/** Codes of the Lambda API's own refusals, with their HTTP status. */
const STATUS = {
  ResourceNotFoundException: 404,
  TooManyRequestsException: 429,
  RequestTooLargeException: 413,
  InvalidRequestContentException: 400,
  InvalidParameterValueException: 400,
  ServiceException: 500,
} as const;

/** A refusal by the service itself; the function was not run. */
export class LambdaError extends Error {
  constructor(
    readonly code: keyof typeof STATUS,
    message: string,
  ) {
    super(message);
  }

  get status(): number {
    return STATUS[this.code];
  }
}

/** Why a call was refused for being one too many: Lambda's own codes. */
export type ThrottleReason = 'ConcurrentInvocationLimitExceeded' | 'ReservedFunctionConcurrentInvocationLimitExceeded';

/** One call too many. */
export class Throttled extends LambdaError {
  constructor(readonly reason: ThrottleReason) {
    super('TooManyRequestsException', 'Rate Exceeded.');
  }
}
