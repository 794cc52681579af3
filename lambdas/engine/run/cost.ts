import type { Run } from './run';

/** List prices in USD (docs/cost.md#prices-used); what a run of 512 MB that is over at once costs without them is counted there. */
const PRICES = {
  /** Requests, writes and log lines of a run, from the edge to its end. */
  run: 7.8e-6,
  gbSecond: 1.33334e-5,
  /** Of the environment that was created for it. */
  coldStartGb: 1.7e-4,
} as const;

/** The runner waits for as long as the code runs. */
const RUNNER_GB = 0.5;

/**
 * About what a run has cost, in USD: nobody watched, and nothing of it was large (docs/cost.md#a-million-runs).
 * @param durationMs of the user's code
 */
export function estimatedUsd({ memoryMb, usage }: Pick<Run, 'memoryMb' | 'usage'>, durationMs: number): number {
  const gb = memoryMb / 1_024;
  const computing = (gb + RUNNER_GB) * (durationMs / 1_000) * PRICES.gbSecond;
  const created = usage?.coldStart === true ? gb * PRICES.coldStartGb : 0;
  return Number((PRICES.run + computing + created).toPrecision(3));
}
