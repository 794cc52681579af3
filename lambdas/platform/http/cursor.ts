import { invalid } from './errors';

/** Where the next page of a list begins, as callers carry it: opaque, so that it may become something else. */
export interface CursorCodec<T> {
  readonly write: (position: T) => string;
  /** @throws AppError `VALIDATION_ERROR` for what `write` never wrote */
  readonly read: (cursor: string | undefined) => T | undefined;
}

/**
 * @param toText a position as text
 * @param fromText the position again; undefined for a text that is none
 */
export function cursorCodec<T>(
  toText: (position: T) => string,
  fromText: (text: string) => T | undefined,
): CursorCodec<T> {
  const write = (position: T): string => Buffer.from(toText(position)).toString('base64url');
  return {
    write,
    read: (cursor) => {
      if (cursor === undefined) return undefined;
      const position = fromText(Buffer.from(cursor, 'base64url').toString('utf8'));
      if (position === undefined || write(position) !== cursor)
        throw invalid('cursor', 'cursor must be the one that a page of this list gave for the next');
      return position;
    },
  };
}
