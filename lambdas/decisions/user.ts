import type { Headers } from '../platform/auth/principal';
import { claimedUserId } from '../platform/auth/user-id';
import { AppError } from '../platform/http/errors';

/**
 * Who asks, by the header `X-User-ID`: a claim, beside the credential (docs/contracts/common.md#credentials).
 * @throws AppError `USER_ID_REQUIRED`, `VALIDATION_ERROR`
 */
export function userOf(headers: Headers): string {
  const id = claimedUserId(headers);
  if (id === undefined) throw new AppError('USER_ID_REQUIRED', 'The header X-User-ID must say who asks.');
  return id;
}
