import path from 'node:path';
import { waitFor } from '../../support/wait';
import type { Random } from '../../support/random';
import { kill, workers } from './workers';

const WRONG_BY_MS = 5 * 60_000;
const PRELOAD = path.join(__dirname, 'shifted-clock.cjs');

const doesRequests = (name: string): boolean => name !== 'reaper';

/** Clocks of functions that are five minutes slow, right, or five minutes fast, each process its own. */
export class ConfusedClocks {
  #random: Random | undefined;

  /** @param random undefined: clocks are right again */
  async confuse(random: Random | undefined): Promise<void> {
    this.#random = random;
    // Those that run have the clock they were started with. The reaper keeps it: it comes but once a minute, and to kill it
    // would be another fault.
    const old = new Set(workers(doesRequests).map((worker) => (kill(worker), worker.pid)));
    await waitFor('functions to end', () => (workers(doesRequests).some(({ pid }) => old.has(pid)) ? undefined : true));
  }

  /** For the environment of a function that is being started. */
  environment(): Record<string, string> {
    if (!this.#random) return {};
    const shiftMs = this.#random.pick([-1, 0, 1]) * WRONG_BY_MS;
    return { NODE_OPTIONS: `--require ${PRELOAD}`, NARAE_CLOCK_SHIFT_MS: String(shiftMs) };
  }
}
