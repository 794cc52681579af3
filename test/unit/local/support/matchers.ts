/** Jest's matchers for parts of a value, typed: the originals are `any` and would switch the type checks off. */
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const containing = (text: string): unknown => expect.stringContaining(text);
export const anyNumber = (): unknown => expect.any(Number);
