import { AppError } from '../platform/errors';
import { LIMITS } from './limits';

/** Refusals that several use cases of this room share (contract: functions, section 7). */

export const notFound = (what: 'workspace' | 'function', id: string): AppError =>
  new AppError('NOT_FOUND', `There is no ${what} '${id.slice(0, 100)}'.`);

export const quotaExceeded = (): AppError =>
  new AppError('QUOTA_EXCEEDED', 'All code of a workspace together may have 4 MiB of Base64. Delete or shorten some.', {
    details: { maxBase64Chars: LIMITS.workspaceCodeChars },
  });

/** A fault of ours while storing or listing has a code of its own; refusals and a store that is down keep theirs. */
export function asPlatformFault(error: unknown, code: 'CREATE_ERROR' | 'LIST_ERROR', message: string): unknown {
  if (error instanceof AppError && error.code !== 'INTERNAL_ERROR') return error;
  return new AppError(code, message, { cause: error });
}
