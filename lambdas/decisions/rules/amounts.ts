/** Won and not more: what is larger is taken for this. */
const MOST_WON = 10n ** 15n;
/** The longest first: `만` ends `천만` too. */
const UNITS = [
  ['천만', 10n ** 7n],
  ['백만', 10n ** 6n],
  ['억', 10n ** 8n],
  ['만', 10n ** 4n],
] as const;
const NUMBER = /\d[\d,]*(?:\.\d+)?/y;
/** Digits after the point that can make a difference of a whole won in a sum of parts. */
const FRACTION_DIGITS = 20;
const ONE = 10n ** BigInt(FRACTION_DIGITS);
/** More digits than the most won has: whatever follows, it is more. */
const WHOLE_DIGITS = 16;

/**
 * The largest amount of Korean won that a text names, as `1억 2천만원`, `420만 원`, `₩12,000` or `krw 500`, rounded down
 * (docs/contracts/decisions.md#reading-the-issue). Each character is looked at a fixed number of times.
 * @param text in lower case
 * @returns null where there is none
 */
export function largestAmount(text: string): number | null {
  const amounts = [...inWords(text), ...bySign(text)];
  return amounts.length === 0 ? null : amounts.reduce((largest, amount) => Math.max(largest, amount), 0);
}

/** Parts of number and unit, one after the other, up to `원`. */
function* inWords(text: string): Generator<number> {
  /** What the parts just before came to; they end where `at` is. */
  let before = 0n;
  let at = nextDigit(text, 0);
  while (at < text.length) {
    const number = numberAt(text, at);
    const afterNumber = skipSpaces(text, at + number.length);
    const unit = UNITS.find(([name]) => text.startsWith(name, afterNumber));
    const end = unit === undefined ? afterNumber : skipSpaces(text, afterNumber + unit[0].length);
    const sum = before + scaled(number) * (unit?.[1] ?? 1n);
    if (text[end] === '원') yield whole(sum);
    // Only the last part may lack its unit, so one without begins nothing.
    before = unit !== undefined && isDigit(text[end]) ? sum : 0n;
    at = nextDigit(text, end);
  }
}

function* bySign(text: string): Generator<number> {
  for (const { index, 0: sign } of text.matchAll(/₩|krw/g)) {
    const at = skipSpaces(text, index + sign.length);
    const [digits] = /\d[\d,]*/.exec(numberAt(text, at)) ?? [];
    if (digits !== undefined) yield whole(scaled(digits));
  }
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';

function nextDigit(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isDigit(text[at])) at += 1;
  return at;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at += 1;
  return at;
}

/** The number that begins there, else an empty text. */
function numberAt(text: string, at: number): string {
  NUMBER.lastIndex = at;
  return NUMBER.exec(text)?.[0] ?? '';
}

/** In parts of a won; of a number with too many digits, something that is too much as well. */
function scaled(number: string): bigint {
  const [integer = '', fraction = ''] = number.replaceAll(',', '').split('.');
  const digits = integer.replace(/^0+/, '');
  if (digits.length > WHOLE_DIGITS) return MOST_WON * ONE;
  return BigInt(`${digits}${fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0')}`);
}

const whole = (parts: bigint): number => Number(parts / ONE < MOST_WON ? parts / ONE : MOST_WON);
