import type { Clock } from '../../lambdas/platform/time/clock';

/** A clock that a test moves. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(startAt = Date.UTC(2026, 10, 21, 4, 0, 0)): TestClock {
  let now = startAt;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}
