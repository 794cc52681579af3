import * as z from 'zod';
import { commonEnv } from './env';
import { systemClock, type Clock } from './time/clock';
import { AppError } from './http/errors';

/**
 * A token bucket per workspace in this process: the last fence before the engine. It needs no call and no write, so it
 * costs nothing; what bounds a whole installation is the API's own throttling and the firewall (docs/adr).
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock, options: { readonly perSecond: number; readonly burst: number }) {
    this.#clock = clock;
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
  }

  /** @throws AppError `RATE_LIMITED` with `Retry-After` */
  take(workspace: string, tokens = 1): void {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(workspace) ?? { tokens: this.#burst, at: now };
    const refilled = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
    if (refilled < tokens) {
      const seconds = Math.max(1, Math.ceil((tokens - refilled) / this.#perSecond));
      throw new AppError('RATE_LIMITED', `Too many requests. Try again in ${seconds} s.`, {
        headers: { 'Retry-After': String(seconds) },
      });
    }
    this.#buckets.set(workspace, { tokens: refilled - tokens, at: now });
  }
}

/** What a service with a rate limit is given beside what every function of ours is. */
export const serviceEnv = commonEnv.extend({
  NARAE_RATE_PER_SECOND: z.coerce.number().positive().default(500),
  NARAE_RATE_BURST: z.coerce.number().positive().default(2000),
});

/** Requests of a workspace per process. */
export const rateLimitOf = (env: z.output<typeof serviceEnv>): RateLimit =>
  new RateLimit(systemClock, { perSecond: env.NARAE_RATE_PER_SECOND, burst: env.NARAE_RATE_BURST });
