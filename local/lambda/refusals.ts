import type { ThrottleReason } from './failure';
import type { MetricSums } from './metric-sums';

/** Refusals that follow each other within this time are told in one line, ms. */
const BURST_MS = 1_000;

/**
 * Counts calls that were refused, as the metric that Lambda has for them (`AWS/Lambda`, `Throttles`, by function; the
 * emulator adds them up where it is asked for no function), and tells each burst in one line.
 */
export class Refusals {
  readonly #metrics: MetricSums;
  readonly #report: (message: string) => void;

  /** Calls refused in the burst that is going on, by function and reason. */
  readonly #bursts = new Map<string, { count: number; readonly timer: NodeJS.Timeout }>();

  constructor(metrics: MetricSums, report: (message: string) => void) {
    this.#metrics = metrics;
    this.#report = report;
  }

  note(functionName: string, reason: ThrottleReason): void {
    const dimensions = { FunctionName: functionName };
    this.#metrics.add({ namespace: 'AWS/Lambda', name: 'Throttles', unit: 'Count', dimensions }, 1, Date.now());
    const what = `${functionName}: ${reason}`;
    const burst = this.#bursts.get(what);
    if (burst) burst.count += 1;
    else this.#bursts.set(what, { count: 1, timer: setTimeout(() => this.#tell(what), BURST_MS).unref() });
  }

  /** Tells what has not been told. */
  close(): void {
    for (const what of [...this.#bursts.keys()]) this.#tell(what);
  }

  #tell(what: string): void {
    const burst = this.#bursts.get(what);
    if (!burst) return;
    clearTimeout(burst.timer);
    this.#bursts.delete(what);
    this.#report(`${burst.count} calls were refused of ${what}`);
  }
}
