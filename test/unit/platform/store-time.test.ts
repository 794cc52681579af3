import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { syncServerClock } from '../../../lambdas/platform/time/sync-server-clock';
import { observeServerDate } from '../../../lambdas/platform/time/observe-server-date';
import { StoreTime } from '../../../lambdas/platform/time/store-time';
import { createTable, testDynamo } from '../../support/aws';

const NOON = Date.parse('2026-11-21T12:00:00.400Z');
const NOON_TOLD = 'Sat, 21 Nov 2026 12:00:00 GMT';
const MINUTES = 60_000;

/** A machine whose clock is wrong by so much, and what it makes of an answer that took `tookMs`. */
function told(wrongByMs: number, tookMs = 20): StoreTime {
  const time = new StoreTime(() => NOON + wrongByMs);
  time.note(NOON_TOLD, NOON + wrongByMs - tookMs);
  return time;
}

test.each([-5 * MINUTES, 5 * MINUTES, -6_000, 6_000])('a clock that is wrong by %d ms is put right', (wrongByMs) => {
  expect(Math.abs(told(wrongByMs).now() - NOON)).toBeLessThan(1_000);
});

test.each([0, 900, -900, 4_000])('a clock that is wrong by %d ms is left as it is', (wrongByMs) => {
  expect(told(wrongByMs).now()).toBe(NOON + wrongByMs);
});

test('a clock that the machine itself puts right is left to it again', () => {
  let machine = NOON + 5 * MINUTES;
  const time = new StoreTime(() => machine);
  time.note(NOON_TOLD, machine - 10);
  machine = NOON;
  time.note(NOON_TOLD, machine - 10);
  expect(time.now()).toBe(NOON);
});

test('answers that were long under way, and nonsense, say nothing', () => {
  expect(told(5 * MINUTES, 6_000).now()).toBe(NOON + 5 * MINUTES);
  const time = new StoreTime(() => NOON);
  time.note('yesterday', NOON);
  expect(time.now()).toBe(NOON);
});

describe('with a real store', () => {
  /** A machine that is ten minutes slow. */
  const slow = () => Date.now() - 10 * MINUTES;
  const isRight = (time: StoreTime) => expect(Math.abs(time.now() - Date.now())).toBeLessThan(MINUTES);

  test('one question is enough to know the time', async () => {
    const time = new StoreTime(slow);
    const db = testDynamo();
    observeServerDate(db, time);
    await syncServerClock(db, await createTable(testDynamo()));
    isRight(time);
  });

  test('a refusal tells the time as well', async () => {
    const time = new StoreTime(slow);
    const db = testDynamo();
    observeServerDate(db, time);
    const missing = new GetCommand({ TableName: 'no-such-table', Key: { pk: 'a', sk: 'a' } });
    await expect(db.send(missing)).rejects.toThrow();
    isRight(time);
  });
});
