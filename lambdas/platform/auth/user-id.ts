import { invalid } from '../http/errors';
import type { Headers } from './principal';

/** Code points. */
export const MAX_USER_ID_CHARS = 128;

/** For descriptions of routes (docs/contracts/decisions.md#endpoints). */
export const USER_ID_HEADER = {
  description: `Who asks: at most ${MAX_USER_ID_CHARS} characters, none of them a control character.`,
  example: 'person-staff-720',
} as const;

/**
 * Who a caller says to be: a claim about the person, and no credential (docs/contracts/common.md#credentials).
 * @param fallback what stands in an address of a client that cannot set headers
 * @returns undefined where nothing is said
 * @throws AppError `VALIDATION_ERROR`
 */
export function claimedUserId(headers: Headers, fallback?: string): string | undefined {
  const claimed = [headers['x-user-id'], fallback].map((text) => text?.trim() ?? '').find((text) => text !== '');
  if (claimed === undefined) return undefined;
  if (Array.from(claimed).length > MAX_USER_ID_CHARS || /\p{Cc}/u.test(claimed))
    throw invalid(
      'X-User-ID',
      `X-User-ID must have at most ${MAX_USER_ID_CHARS} characters, none of them a control character.`,
    );
  return claimed;
}
