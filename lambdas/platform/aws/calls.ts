import { FreshConnections, type TimeLimits } from './fresh-connections';

/**
 * How we call AWS: every call has a time-out and a bounded number of tries; the SDK's own retries wait with jitter.
 * Where a service stands comes from the environment (AWS_ENDPOINT_URL*), never from here.
 */
const LIMITS = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true } as const;

export const CALLS = { maxAttempts: 4, requestHandler: new FreshConnections(LIMITS) } as const;

/** With other time limits, ms. */
export const callsWithin = (limits: TimeLimits) => ({
  ...CALLS,
  requestHandler: new FreshConnections({ ...LIMITS, ...limits }),
});
