import { largestAmount } from '../../../../lambdas/decisions/rules/amounts';
import { readIssue } from '../../../../lambdas/decisions/rules/read-issue';
import { lastDeadline } from '../../../../lambdas/decisions/rules/timeline';
import { issueOf } from '../issues';

/** Texts that make a careless pattern look at the same characters again and again. */
const HOSTILE: readonly (readonly [string, (points: number) => string])[] = [
  ['digits', (points) => '9'.repeat(points)],
  ['digits with commas', (points) => '9,'.repeat(points / 2)],
  ['numbers with points', (points) => '1.2.'.repeat(points / 4)],
  ['parts without an end', (points) => '1억 '.repeat(points / 3)],
  ['spaces after a number', (points) => `1억${' '.repeat(points)}`],
  ['signs', (points) => '₩'.repeat(points)],
  ['signs and spaces', (points) => '₩ '.repeat(points / 2)],
  ['words of deadlines', (points) => '일정'.repeat(points / 2)],
  ['a deadline with many digits', (points) => `일정일정일정일정${'1'.repeat(points)}`],
  ['a deadline with many spaces', (points) => `일정 1${' '.repeat(points)}`],
  ['beginnings of words', (points) => 'permanently '.repeat(points / 12)],
  ['beginnings of Hangul words', (points) => '되돌릴 수 '.repeat(points / 6)],
];

const MOST = 50_000;
/** Far above what linear time takes for ten times the text, far below the hundredfold of quadratic time. */
const MOST_TIMES = 40;

/** CPU time of the fastest of some readings, in microseconds: other programs take it from a clock, not from this. */
function effortOf(text: string): number {
  const efforts = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    readIssue(issueOf({ text }), []);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...efforts);
}

/** Below this a measurement is mostly noise. */
const NOISE = 500;

test.each(HOSTILE)('%s: ten times the text is not a hundred times the effort', (_, textOf) => {
  const [short, long] = [effortOf(textOf(MOST)), effortOf(textOf(MOST * 10))];
  expect(long / Math.max(short, NOISE)).toBeLessThan(MOST_TIMES);
});

test('a number of any length has its value', () => {
  expect(largestAmount(`${'9'.repeat(MOST)}원`)).toBe(10 ** 15);
  expect(largestAmount(`${'0'.repeat(MOST)}7원`)).toBe(7);
  expect(largestAmount(`0.${'3'.repeat(MOST)}만원`)).toBe(3333);
  expect(lastDeadline(`일정 ${'0'.repeat(MOST)}7일`)).toBe(7);
});
