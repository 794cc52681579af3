import { jittered, pauseAfterRefusal } from '../../../../local/lambda/async/pause';

const least = () => 0;
const most = () => 1 - Number.EPSILON;

test('events that were refused together come back apart, the older the later', () => {
  expect([pauseAfterRefusal(0, least), pauseAfterRefusal(0, most)].map(Math.round)).toEqual([500, 1_000]);
  expect([pauseAfterRefusal(20_000, least), pauseAfterRefusal(20_000, most)].map(Math.round)).toEqual([5_000, 10_000]);
  expect([pauseAfterRefusal(6e6, least), pauseAfterRefusal(6e6, most)].map(Math.round)).toEqual([15_000, 30_000]);
  expect(new Set(Array.from({ length: 20 }, () => pauseAfterRefusal(0))).size).toBeGreaterThan(1);
});

test('so do those that failed', () => {
  expect([jittered(2_000, least), jittered(2_000, most)].map(Math.round)).toEqual([1_000, 2_000]);
});
