/**
 * What can be wrong with a log or metrics source; each API has its own codes for the two
 * (docs/contracts/functions.md#bad-input).
 */

/** It does not answer, or not in time. */
export class SourceUnreachable extends Error {
  override readonly name = 'SourceUnreachable';
}

/** It answered something else than it should. */
export class SourceUnreadable extends Error {
  override readonly name = 'SourceUnreadable';
}

/** It answered that it could not do what it was asked for. */
export class SourceFailed extends Error {
  override readonly name = 'SourceFailed';
}
