/** Rules for texts of callers. By themselves, as the schemas are: a bundle cannot leave out one of two schemas of a module. */

export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Arguments of `refine`: half of a surrogate pair is valid JSON, but no text that UTF-8, and so a store, can hold. */
export const WELL_FORMED = [
  (text: string): boolean => text.isWellFormed(),
  { error: 'must be text that UTF-8 can hold' },
] as const;

/** Arguments of `refine`, for names and what is shown with them: tools that end a text at NUL would read another one. */
export const WITHOUT_NUL = [
  (text: string): boolean => !text.includes('\0'),
  { error: 'must not contain a NUL character' },
] as const;
