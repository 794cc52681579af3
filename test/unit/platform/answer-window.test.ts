import { ANSWER_WITHIN_MS, answerWindow } from '../../../lambdas/platform/http/answer-window';

const NOW = 1_750_000_000_000;

test.each([
  ['what a cold start took is gone', NOW - 1_500, 1_500],
  ['a gateway whose clock is ahead takes nothing', NOW + 5_000, 0],
  ['nor does one that is an hour behind', NOW - 3_600_000, 0],
])('%s', (_, timeEpoch, gone) => {
  const left = answerWindow(timeEpoch, NOW)();
  expect(left).toBeLessThanOrEqual(ANSWER_WITHIN_MS - gone);
  expect(left).toBeGreaterThan(ANSWER_WITHIN_MS - gone - 1_000);
});
