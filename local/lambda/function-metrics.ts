import type { MetricSums } from './metric-sums';

const NAMESPACE = 'AWS/Lambda';

/** Metrics of asynchronous invocation that count events. */
type EventCount = 'AsyncEventsReceived' | 'AsyncEventsDropped' | 'DeadLetterErrors' | 'DestinationDeliveryFailures';

/**
 * The metrics that Lambda has for each function (`AWS/Lambda`, by `FunctionName`; developer guide, "Types of metrics for
 * Lambda functions"), and calls at once over all of them, without a dimension. Costs a caller nothing: all is summed up, and
 * sent later.
 */
export class FunctionMetrics {
  readonly #metrics: MetricSums;
  /** Calls going on, by function; `''` for all. */
  readonly #running = new Map<string, number>();

  constructor(metrics: MetricSums) {
    this.#metrics = metrics;
  }

  /** A call begins to run. @returns what has to be called when it has ended, with whether it failed */
  began(functionName: string): (failed: boolean) => void {
    const at = Date.now();
    const startedAt = performance.now();
    for (const who of ['', functionName]) {
      const running = (this.#running.get(who) ?? 0) + 1;
      this.#running.set(who, running);
      this.#add(who, 'ConcurrentExecutions', 'Count', running, at);
    }
    return (failed) => {
      for (const who of ['', functionName]) this.#running.set(who, (this.#running.get(who) ?? 1) - 1);
      this.#invoked(functionName, failed, at);
      this.#add(functionName, 'Duration', 'Milliseconds', Math.round((performance.now() - startedAt) * 100) / 100, at);
    };
  }

  /** A call for which no environment came up: it counts as one that failed. */
  neverBegan(functionName: string): void {
    this.#invoked(functionName, true, Date.now());
  }

  /** @param ageMs how long an asynchronous event has waited, earlier attempts included, now that it is tried */
  tried(functionName: string, ageMs: number): void {
    this.#add(functionName, 'AsyncEventAge', 'Milliseconds', ageMs, Date.now());
  }

  count(functionName: string, event: EventCount): void {
    this.#add(functionName, event, 'Count', 1, Date.now());
  }

  #invoked(functionName: string, failed: boolean, at: number): void {
    this.#add(functionName, 'Invocations', 'Count', 1, at);
    this.#add(functionName, 'Errors', 'Count', failed ? 1 : 0, at);
  }

  #add(functionName: string, name: string, unit: string, value: number, at: number): void {
    const dimensions = functionName === '' ? {} : { FunctionName: functionName };
    this.#metrics.add({ namespace: NAMESPACE, name, unit, dimensions }, value, at);
  }
}
