import type { ObservedEnv } from '../../lambdas/platform/telemetry';

/** What the lines of a function say of where it stands. */
export const testObserved = (stage = 'test', sampleSuccesses = 1): ObservedEnv => ({
  NARAE_STAGE: stage,
  NARAE_VERSION: '1.2.3',
  NARAE_SAMPLE_SUCCESSES: sampleSuccesses,
});
