import { randomBytes } from 'node:crypto';

/** The port through which all identity enters. */
export interface Ids {
  /** `{prefix}-{ULID}`: 48 bits of time, then 80 random bits; sorts by creation, cannot be guessed, safe in a URL. */
  readonly next: (prefix: string, nowMs: number) => string;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // Crockford's base 32
const TIME_CHARS = 10;
const RANDOM_BYTES = 10;

export const randomIds: Ids = {
  next: (prefix, nowMs) => `${prefix}-${encodeTime(nowMs)}${encodeRandom()}`,
};

function encodeTime(nowMs: number): string {
  let rest = nowMs;
  let text = '';
  for (let index = 0; index < TIME_CHARS; index += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** 80 bits as 16 characters, five bits each. */
function encodeRandom(): string {
  let bits = BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`);
  let text = '';
  for (let index = 0; index < 16; index += 1) {
    text += ALPHABET.charAt(Number(bits & 31n));
    bits >>= 5n;
  }
  return text;
}

/** Epoch ms in which an id was made, or undefined if it is not of our form. */
export function timeOfId(id: string, prefix: string): number | undefined {
  if (!id.startsWith(`${prefix}-`)) return undefined;
  const ulid = id.slice(prefix.length + 1);
  if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(ulid)) return undefined;
  let time = 0;
  for (const char of ulid.slice(0, TIME_CHARS)) time = time * 32 + ALPHABET.indexOf(char);
  return time;
}
