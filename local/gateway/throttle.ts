import type { Throttle } from './definition';

/** The token bucket by which an HTTP API's stage refuses requests. */
export class TokenBucket {
  readonly #throttle: Throttle;
  readonly #now: () => number;

  #tokens: number;
  #filledAt: number;

  /** @param now monotonic ms */
  constructor(throttle: Throttle, now: () => number = () => performance.now()) {
    this.#throttle = throttle;
    this.#now = now;

    this.#tokens = throttle.burst;
    this.#filledAt = now();
  }

  /** Whether one more request may pass. */
  take(): boolean {
    const now = this.#now();
    const earned = ((now - this.#filledAt) / 1000) * this.#throttle.rate;
    this.#tokens = Math.min(this.#throttle.burst, this.#tokens + earned);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
