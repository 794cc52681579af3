import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { EventPolicy, FunctionCatalog } from '../catalog';
import type { FunctionDefinition } from '../definition';
import { LambdaError, type FunctionFailure } from '../failure';
import type { Call, Invoker } from '../invoker';
import { UnsupportedDestination, type Destinations } from './destinations';
import type { EventStore, PendingEvent } from './event-store';
import { jittered, pauseAfterRefusal } from './pause';

export interface EventQueueOptions {
  readonly store: EventStore;
  readonly invoker: Invoker;
  readonly catalog: FunctionCatalog;
  readonly destinations: Destinations;
  /** Events of one function that are worked on at once. */
  readonly workers: number;
  /** Longest pause before the second attempt, the third, ..., ms. Lambda waits one minute, then two. */
  readonly retryDelaysMs: readonly number[];
  /** Told when an event is given up without a destination for it, or something unforeseen happens. */
  readonly report: (message: string) => void;
}

/** An environment that is free only after this long is waited for again, ms. */
const WAIT_FOR_ENVIRONMENT_MS = 60_000;

/** Asynchronous invocation: accepts events at once, runs them with retries, and tells destinations how they ended. */
export class EventQueue {
  readonly #options: EventQueueOptions;

  readonly #waiting = new Map<string, PendingEvent[]>();
  readonly #active = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier process left; each is run again, as Lambda may run an event more than once. */
  resume(): void {
    for (const event of this.#options.store.load()) this.#enqueue(event);
  }

  /** Accepts an event: when this resolves it will be run, come a restart or not. @returns its request id */
  async accept(call: Call, functionName: string): Promise<string> {
    const event: PendingEvent = {
      id: call.requestId ?? randomUUID(),
      functionName,
      tenantId: call.tenantId,
      clientContext: call.clientContext,
      payload: call.payload.toString('utf8'),
      acceptedAt: Date.now(),
      attempts: 0,
    };
    await this.#options.store.save(event);
    this.#options.invoker.metrics.count(functionName, 'AsyncEventsReceived');
    this.#enqueue(event);
    return event.id;
  }

  /** Begins no further attempt. Events that are being worked on stay in the store. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #enqueue(event: PendingEvent): void {
    if (this.#closed) return;
    const queue = this.#waiting.get(event.functionName) ?? [];
    this.#waiting.set(event.functionName, queue);
    queue.push(event);
    this.#pump(event.functionName);
  }

  #enqueueLater(event: PendingEvent, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#enqueue(event);
    }, delayMs);
    this.#timers.add(timer);
  }

  #pump(functionName: string): void {
    const active = this.#active.get(functionName) ?? 0;
    if (this.#closed || active >= this.#options.workers) return;
    const event = this.#waiting.get(functionName)?.shift();
    if (!event) return;
    this.#active.set(functionName, active + 1);
    void this.#work(event).finally(() => {
      this.#active.set(functionName, (this.#active.get(functionName) ?? 1) - 1);
      this.#pump(functionName);
    });
  }

  async #work(event: PendingEvent): Promise<void> {
    const { catalog, report } = this.#options;
    try {
      const definition = await catalog.get(event.functionName);
      const policy = await catalog.eventPolicy(definition);
      if (!event.outcome) await this.#attempt(event, policy);
      if (event.outcome) await this.#deliver(event, definition, policy);
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof LambdaError && error.code === 'ResourceNotFoundException') {
        report(`An event of ${event.functionName} was dropped: the function is not there any more.`);
        await this.#options.store.remove(event);
        return;
      }
      // Not the function's fault, so it does not count as an attempt.
      this.#enqueueLater(event, pauseAfterRefusal(Date.now() - event.acceptedAt));
    }
  }

  async #attempt(event: PendingEvent, policy: EventPolicy): Promise<void> {
    if (Date.now() - event.acceptedAt > policy.maximumAgeMs) {
      event.outcome = { condition: 'EventAgeExceeded' };
      return;
    }
    const { invoker } = this.#options;
    invoker.metrics.tried(event.functionName, Date.now() - event.acceptedAt);
    const result = await invoker.invoke({
      reference: event.functionName,
      payload: Buffer.from(event.payload),
      requestId: event.id,
      tenantId: event.tenantId,
      clientContext: event.clientContext,
      fromFunction: true,
      waitMs: WAIT_FOR_ENVIRONMENT_MS,
    });
    const response = result.ok ? await text(result.response.body) : '';
    const failure = result.ok ? await result.response.ended : result.failure;
    // What was ended because we are stopping has not failed: it is run again at the next start.
    if (this.#closed) return;
    if (failure) await this.#failed(event, policy, failure);
    else event.outcome = { condition: 'Success', response };
  }

  async #failed(event: PendingEvent, policy: EventPolicy, failure: FunctionFailure): Promise<void> {
    event.attempts += 1;
    if (event.attempts > policy.retries) {
      event.outcome = { condition: 'RetriesExhausted', failure };
      return;
    }
    const delays = this.#options.retryDelaysMs;
    const delayMs = delays[event.attempts - 1] ?? delays.at(-1) ?? 0;
    await this.#options.store.save(event);
    this.#enqueueLater(event, jittered(delayMs));
  }

  async #deliver(event: PendingEvent, definition: FunctionDefinition, policy: EventPolicy): Promise<void> {
    const { metrics } = this.#options.invoker;
    const succeeded = event.outcome?.condition === 'Success';
    try {
      const wanted = succeeded ? policy.onSuccessArn : (policy.onFailureArn ?? definition.deadLetterArn);
      if (wanted !== undefined) {
        // From here on a restart must not run the function again.
        await this.#options.store.save(event);
        await this.#options.destinations.deliver(event, definition, policy);
      } else if (!succeeded) {
        this.#options.report(`An event of ${event.functionName} was given up: ${event.outcome?.condition ?? ''}.`);
      }
    } catch (error) {
      if (!(error instanceof UnsupportedDestination)) throw error;
      this.#options.report(error.message);
      metrics.count(event.functionName, policy.onFailureArn ? 'DestinationDeliveryFailures' : 'DeadLetterErrors');
    }
    if (!succeeded) metrics.count(event.functionName, 'AsyncEventsDropped');
    await this.#options.store.remove(event);
  }
}
