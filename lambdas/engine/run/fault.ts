import * as z from 'zod';

/**
 * Why the platform failed a run: what its `PLATFORM_ERROR` comes from (docs/contracts/invocations.md#error-types).
 * `no-capacity`: no worker or no sandbox was to be had. `not-started`: it was given up before its code was handed to a
 * sandbox. After both the code has certainly not run. `worker-lost`: it may have.
 */
export const Fault = z.enum(['no-capacity', 'not-started', 'worker-lost']);
export type Fault = z.output<typeof Fault>;

/** What callers read. The first also tells records from before `fault` was stored apart. */
const MESSAGES: Readonly<Record<Fault, string>> = {
  'no-capacity': 'There was no capacity; submit it again.',
  'not-started': 'The run could not be started in time; submit it again.',
  'worker-lost': 'The worker of this run was lost. This is a fault of the platform; submit it again.',
};

/** How a run ends that the platform failed. */
export const platformError = (fault: Fault) =>
  ({ ok: false, errorType: 'PLATFORM_ERROR', errorMessage: MESSAGES[fault], fault }) as const;

interface Failed {
  readonly errorType?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly fault?: Fault | undefined;
}

/** @returns undefined for a run that the platform did not fail */
export function faultOf({ errorType, errorMessage, fault }: Failed): Fault | undefined {
  if (errorType !== 'PLATFORM_ERROR') return undefined;
  return fault ?? (errorMessage === MESSAGES['no-capacity'] ? 'no-capacity' : 'worker-lost');
}

/** Whether the platform failed a run whose code has certainly not run: it may be tried again without a second thought. */
export function neverRan(run: Failed): boolean {
  const fault = faultOf(run);
  return fault === 'no-capacity' || fault === 'not-started';
}
