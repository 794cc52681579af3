/**
 * Times of this API: ISO 8601 with milliseconds in Korean time, which has no summer time
 * (docs/contracts/functions.md#resources).
 */

const KST_OFFSET_MS = 9 * 3_600_000;

export const kst = (epochMs: number): string => new Date(epochMs + KST_OFFSET_MS).toISOString().replace('Z', '+09:00');

export const kstOrNull = (epochMs: number | null): string | null => (epochMs === null ? null : kst(epochMs));

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)([Zz]|[+-]\d{2}:?\d{2})?$/;

/** Epoch ms of a time as clients write it; without a zone it is UTC. Undefined if it is none. */
export function parseTime(text: string): number | undefined {
  const [, date, clock, zone = 'Z'] = TIME.exec(text.trim()) ?? [];
  if (date === undefined || clock === undefined) return undefined;
  // The time zone of a Date is written with a colon.
  const colonZone = zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2').toUpperCase();
  const epochMs = Date.parse(`${date}T${clock.replace(',', '.')}${colonZone}`);
  return Number.isNaN(epochMs) || !isRealDay(date) || !hasFourDigits(epochMs) ? undefined : epochMs;
}

/** A year of more digits, or before 0, is written in another way, which clients cannot read. */
const hasFourDigits = (epochMs: number): boolean => /^\d{4}-/.test(kst(epochMs));

/** Date.parse takes the 31st of February for the 3rd of March. */
const isRealDay = (date: string): boolean => {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
};
