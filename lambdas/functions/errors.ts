import { AppError } from '../platform/http/errors';
import { LIMITS } from './limits';

/** Refusals that several use cases of this service share (docs/contracts/functions.md#bad-input). */

/** Nothing has a longer id, and a store takes no key of any length. */
export const isPossibleId = (id: string): boolean => id.length <= 256;

export const notFound = (what: 'workspace' | 'function', id: string): AppError =>
  new AppError('NOT_FOUND', `There is no ${what} '${id.slice(0, 100)}'.`);

/** @param of what there is too much */
export const quotaExceeded = (of: 'code' | 'settings'): AppError =>
  of === 'code'
    ? new AppError(
        'QUOTA_EXCEEDED',
        'All code of a workspace together may have 4 MiB of Base64. Delete or shorten some.',
        { details: { maxBase64Chars: LIMITS.workspaceCodeChars } },
      )
    : new AppError(
        'QUOTA_EXCEEDED',
        'The functions of a workspace together have more settings than a list can show. Delete some, or use another workspace.',
        { details: { maxSettingsBytes: LIMITS.workspaceSettingsBytes } },
      );

/** A fault of ours while storing or listing has a code of its own; refusals and a store that is down keep theirs. */
export function asPlatformFault(error: unknown, code: 'CREATE_ERROR' | 'LIST_ERROR', message: string): unknown {
  if (error instanceof AppError && error.code !== 'INTERNAL_ERROR') return error;
  return new AppError(code, message, { cause: error });
}
