import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { AppError, statusOf, type ErrorStatuses } from './errors';

/** Anything thrown, as the caller may see it: what is not a refusal of ours is an internal error without details. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('INTERNAL_ERROR', 'Something went wrong on our side. It has been logged.', { cause: error });
}

export interface ErrorReplyOptions {
  readonly requestId: string;
  /** true: `detail` repeats the message (docs/contracts/common.md#errors). */
  readonly withDetail?: boolean | undefined;
  /** Codes of the service beside those of the platform. */
  readonly errors?: ErrorStatuses | undefined;
}

/** Body of an error (docs/contracts/common.md#errors). */
export function errorBody(error: AppError, { requestId, withDetail }: ErrorReplyOptions): string {
  const { code, message, details } = error;
  return JSON.stringify({
    error: { code, message, ...(details && { details }), requestId },
    ...(withDetail && { detail: message }),
  });
}

/** The one mapper from an error to a response. */
export function errorReply(error: AppError, options: ErrorReplyOptions): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: statusOf(error.code, options.errors),
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      ...error.headers,
      'X-Request-Id': options.requestId,
    },
    body: errorBody(error, options),
  };
}
