import { LambdaServiceException, ResourceConflictException, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { RegistryError } from '../oci/errors';
import { TargetRefused, TargetUnavailable } from '../deploy-target';

/** Of a request that can be made again as it is: Lambda is busy with the function. */
export const isConflict = (error: unknown): boolean => error instanceof ResourceConflictException;

/** What a read finds; undefined where there is nothing of that name. */
export async function found<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** As what a caller of the target is to know of a failure: no text of AWS's, which holds ARNs. */
export function asTargetError(error: unknown): unknown {
  if (error instanceof TargetRefused || error instanceof TargetUnavailable) return error;
  if (error instanceof RegistryError) return new TargetRefused('The image cannot be read.', { cause: error });
  if (!(error instanceof Error)) return error;
  const passes =
    !(error instanceof LambdaServiceException) ||
    (error.$metadata.httpStatusCode ?? 500) >= 500 ||
    error.name === 'TooManyRequestsException';
  return passes
    ? new TargetUnavailable('Lambda does not answer.', { cause: error })
    : new TargetRefused(`Lambda refused the function (${error.name}).`, { cause: error });
}
