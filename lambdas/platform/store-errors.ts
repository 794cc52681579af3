import { ConditionalCheckFailedException, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError } from './errors';

/** A condition of a write was not met; what it means is for the store to say. */
export const isConditionFailed = (error: unknown): error is ConditionalCheckFailedException =>
  error instanceof ConditionalCheckFailedException;

/**
 * Turns what the SDK threw into what the platform knows. Network faults, throttling and server faults that outlasted
 * the SDK's retries are 503, anything else is a mistake of ours.
 * @throws AppError always
 */
export function storeFailed(error: unknown): never {
  if (error instanceof AppError) throw error;
  const fromService = error instanceof DynamoDBServiceException || error instanceof S3ServiceException;
  const ours = fromService && error.$fault === 'client' && !error.$retryable && error.$metadata.httpStatusCode !== 429;
  if (ours && !isThrottling(error.name)) {
    throw new AppError('INTERNAL_ERROR', 'Something went wrong on our side. It has been logged.', { cause: error });
  }
  throw new AppError('SERVICE_UNAVAILABLE', 'The store does not answer at the moment. Try again shortly.', {
    cause: error,
  });
}

const isThrottling = (name: string): boolean =>
  ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded', 'SlowDown'].includes(name);
