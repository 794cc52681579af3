import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { AppError } from '../http/errors';

/** A condition of a write was not met; what it means is for the store to say. */
export const isConditionFailed = (error: unknown): error is ConditionalCheckFailedException =>
  error instanceof ConditionalCheckFailedException;

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
]);

/**
 * Turns what the SDK threw into what the platform knows. Network faults, throttling and server faults that outlasted
 * the SDK's retries are 503, anything else is a mistake of ours.
 * @throws AppError always
 */
export function storeFailed(error: unknown): never {
  if (error instanceof AppError) throw error;
  if (isOurMistake(error)) {
    throw new AppError('INTERNAL_ERROR', 'Something went wrong on our side. It has been logged.', { cause: error });
  }
  throw new AppError('SERVICE_UNAVAILABLE', 'The store does not answer at the moment. Try again shortly.', {
    cause: error,
  });
}

/** A request that the service understood and refused. What never arrived has no `$fault`. */
function isOurMistake(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client' && !THROTTLED.has(error.name);
}
