import { ANSWER_WITHIN_MS, answerWindow } from '../../../lambdas/platform/http/answer-window';

const NOW = 1_750_000_000_000;

afterEach(() => jest.restoreAllMocks());

test.each([
  ['what a cold start took is gone', NOW - 1_500, 1_500],
  ['a gateway whose clock is ahead takes nothing', NOW + 5_000, 0],
  ['nor does one that is an hour behind', NOW - 3_600_000, 0],
])('%s', (_, timeEpoch, gone) => {
  const monotonic = jest.spyOn(performance, 'now').mockReturnValue(5);
  const left = answerWindow(timeEpoch, NOW);
  expect(left()).toBe(ANSWER_WITHIN_MS - gone);
  monotonic.mockReturnValue(5 + 2_000);
  expect(left()).toBe(ANSWER_WITHIN_MS - gone - 2_000);
  monotonic.mockReturnValue(5 + 60_000);
  expect(left()).toBe(0);
});
