import { neverRan, type Run } from '../../engine';

/** What the log of a run that failed says (docs/contracts/functions.md#engine-contract, #failures-of-the-call). */

export interface Failure {
  readonly statusCode: number;
  readonly responseBody: Readonly<Record<string, unknown>>;
}

/** Names that the sandbox gives to an end without an exception. */
const ENDED_BY_ITSELF = new Set(['Exited', 'Killed', 'Unsettled', 'InvalidReport']);

export const timeoutMessage = (timeoutSeconds: number): string =>
  `The function did not finish within ${timeoutSeconds} s`;

/** @param run one that is FAILED */
export function failureOf(run: Run): Failure {
  const message = run.errorMessage ?? '';
  switch (run.errorType) {
    case 'TIMEOUT': {
      const timeoutSeconds = Math.round(run.timeoutMs / 1000);
      return { statusCode: 504, responseBody: { error: timeoutMessage(timeoutSeconds), timeoutSeconds } };
    }
    case 'RUNTIME_ERROR':
      return userError(run, classOf(run), message);
    case 'SYNTAX_ERROR':
    case 'HANDLER_NOT_FOUND':
    case 'INVALID_RESULT':
    case 'OUT_OF_MEMORY':
      return userError(run, run.errorType, message);
    case 'CANCELLED':
      return { statusCode: 500, responseBody: { error: 'CANCELLED', message } };
    case 'PLATFORM_ERROR':
    case undefined: {
      const statusCode = run.statusCode ?? (neverRan(run) ? 503 : 500);
      return {
        statusCode,
        responseBody: { error: statusCode === 503 ? 'INVOCATION_ERROR' : 'EXECUTION_ERROR', message },
      };
    }
  }
}

function userError(run: Run, error: string, message: string): Failure {
  const { errorName, errorStack = [] } = run;
  const head = errorName === undefined ? '' : `${errorName}: `;
  return {
    statusCode: 500,
    responseBody: {
      error,
      message: message.startsWith(head) ? message.slice(head.length) : message === errorName ? '' : message,
      ...(errorStack.length > 0 && { traceback: errorStack }),
    },
  };
}

function classOf({ errorName, errorStack = [], usage }: Run): string {
  if (errorName === undefined) return 'EXITED';
  // Code may well define a class of such a name; that one has a trace.
  return ENDED_BY_ITSELF.has(errorName) && errorStack.length === 0 && usage?.exitCode !== undefined
    ? 'EXITED'
    : errorName;
}
