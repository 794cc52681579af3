const MOST_DAYS = 3650;
const DAYS_OF: Readonly<Record<string, number>> = {
  일: 1,
  day: 1,
  주: 7,
  week: 7,
  개월: 30,
  달: 30,
  month: 30,
};
const IN_WORDS: Readonly<Record<string, number>> = { 하루: 1, 일주일: 7 };
/** The gap is short and holds no digit, and spaces follow digits: no two repetitions can take the same text. */
const DEADLINE =
  /(?:일정|기한|마감|timeline|deadline)[^\d\n]{0,10}?(?:(?<word>하루|일주일)|(?<count>\d+)\s*(?<unit>일|주|개월|달|day|week|month))/gu;

/**
 * Days until the deadline that a text names last, 1 to 3650 (docs/contracts/decisions.md#reading-the-issue).
 * @param text in lower case
 * @returns null where there is none
 */
export function lastDeadline(text: string): number | null {
  const found = [...text.matchAll(DEADLINE)].at(-1)?.groups;
  if (found === undefined) return null;
  const { word = '', count = '0', unit = '' } = found;
  const days = IN_WORDS[word] ?? Number(count) * (DAYS_OF[unit] ?? 1);
  return Math.min(MOST_DAYS, Math.max(1, days));
}
