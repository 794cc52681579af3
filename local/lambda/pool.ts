import type { FunctionDefinition } from './definition';
import type { ExecutionEnvironment, EnvironmentEvents } from './environment';
import { Throttled, type FunctionFailure } from './failure';

export interface PoolOptions {
  /** Environments that may exist at once, over all functions. */
  readonly environments: number;
  /** Callers that may wait for an environment of one function. */
  readonly queue: number;
  /** Environments of one function, and in all, that may start at once: starting takes CPU that the running ones need. */
  readonly startingAtOnce: { readonly ofFunction: number; readonly inAll: number };
  /** An environment that had nothing to do for this long is ended, ms. */
  readonly idleTimeoutMs: number;
  /** Makes an environment; it starts by itself and tells through the events. */
  readonly start: (
    definition: FunctionDefinition,
    tenantId: string | undefined,
    events: EnvironmentEvents,
  ) => ExecutionEnvironment;
}

/**
 * How deep a call is: from outside, from a function, or into a sandbox of a tenant. Each waits for the next one, so that
 * a crowd at the door must not take the places that those inside need to get on.
 */
export type Layer = 0 | 1 | 2;

/** What a caller asks for. */
export interface Demand {
  readonly layer: Layer;
  readonly definition: FunctionDefinition;
  readonly tenantId: string | undefined;
  /** Environments that the function may have at once. */
  readonly concurrency: number;
  /** Environments that the function may have for tenants, idle ones included: none is ended for another's call. */
  readonly tenantEnvironments: number;
  /** How long the caller waits when all are busy, ms. */
  readonly waitMs: number;
}

/** What a caller gets: an environment that is idle now, or why none came up. */
export type Supply = { readonly environment: ExecutionEnvironment } | { readonly initFailure: FunctionFailure };

interface Waiter {
  readonly demand: Demand;
  /** Epoch ms. */
  readonly since: number;
  readonly supply: (supply: Supply) => void;
  readonly refuse: () => void;
}

/** One environment in the pool. */
interface Slot {
  readonly environment: ExecutionEnvironment;
  state: 'starting' | 'idle' | 'busy';
  /** Of the call that it was started for, or works for. */
  layer: Layer;
}

/** A caller that has waited this long gets the place of an environment that others keep busy, ms. */
const FAIR_WAIT_MS = 1_000;

/** This part of all places is kept for each deeper layer. */
const KEPT_FOR_DEEPER = 1 / 4;

/** Neither memory nor processors of a machine are a quota of one function. */
const throttled = () => new Throttled('ConcurrentInvocationLimitExceeded');

/**
 * Hands out environments. One that is idle and fits (same code and configuration, same tenant) serves the caller that
 * has waited longest; new ones are started while callers wait and the limits allow it, at the cost of idle ones that fit
 * nobody, least recently used first.
 */
export class EnvironmentPool {
  readonly #options: PoolOptions;

  readonly #slots = new Map<ExecutionEnvironment, Slot>();
  readonly #waiters: Waiter[] = [];
  readonly #sweeper: NodeJS.Timeout;
  #closed = false;
  #meeting = false;
  #demandChanged = false;

  constructor(options: PoolOptions) {
    this.#options = options;

    this.#sweeper = setInterval(() => this.#endIdle(), Math.min(options.idleTimeoutMs, 30_000));
    this.#sweeper.unref();
  }

  /** @throws Throttled when the queue is full, the wait is over, or the function has its tenants' environments. */
  acquire(demand: Demand): Promise<Supply> {
    if (this.#closed) return Promise.reject(throttled());
    const idle = this.#idleFor(demand);
    if (idle) return Promise.resolve(this.#handOut(idle, demand));
    const waiting = this.#waiters.filter((waiter) => waiter.demand.definition.name === demand.definition.name);
    if (demand.tenantId !== undefined && this.#tenantEnvironments(demand) >= demand.tenantEnvironments) {
      return Promise.reject(throttled());
    }
    if (waiting.length >= this.#options.queue) return Promise.reject(throttled());
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
      };
      const waiter: Waiter = {
        demand,
        since: Date.now(),
        supply: (supply) => {
          leave();
          resolve(supply);
        },
        refuse: () => {
          leave();
          reject(throttled());
        },
      };
      const timer = setTimeout(waiter.refuse, demand.waitMs);
      this.#waiters.push(waiter);
      this.#meetDemand();
    });
  }

  /** Environments that exist now. */
  environments(): readonly ExecutionEnvironment[] {
    return [...this.#slots.keys()];
  }

  /** Ends idle environments whose function has been deployed anew or has gone. */
  endOutdated(isCurrent: (definition: FunctionDefinition) => boolean): void {
    for (const { environment, state } of [...this.#slots.values()]) {
      if (state === 'idle' && !isCurrent(environment.definition)) environment.stop();
    }
  }

  /** Refuses those who wait and ends all environments. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const waiter of [...this.#waiters]) waiter.refuse();
    for (const environment of this.environments()) environment.stop();
  }

  #handOut(slot: Slot, { layer }: Demand): Supply {
    slot.state = 'busy';
    slot.layer = layer;
    return { environment: slot.environment };
  }

  #idleFor(demand: Demand): Slot | undefined {
    // The one used last: its memory is warm, and the others may end.
    return [...this.#slots.values()]
      .filter((slot) => slot.state === 'idle' && fits(slot.environment, demand))
      .sort((a, b) => b.environment.idleSince - a.environment.idleSince)[0];
  }

  /** Environments of a function's tenants, with those that will be started for callers who wait. */
  #tenantEnvironments({ definition }: Demand): number {
    const ofTenant = (name: string, tenantId: string | undefined) => name === definition.name && tenantId !== undefined;
    const slots = [...this.#slots.values()].filter(({ environment: { definition, tenantId } }) =>
      ofTenant(definition.name, tenantId),
    );
    const starting = slots.filter(({ state }) => state === 'starting').length;
    const waiting = this.#waiters.filter(({ demand }) => ofTenant(demand.definition.name, demand.tenantId)).length;
    return slots.length - starting + Math.max(starting, waiting);
  }

  /** Starts environments for those who wait, as far as the limits allow. */
  #meetDemand(): void {
    this.#demandChanged = true;
    // Ending an environment to make room comes back here: what it left must be counted before the next one is started.
    if (this.#meeting) return;
    this.#meeting = true;
    while (this.#demandChanged && !this.#closed) {
      this.#demandChanged = false;
      this.#startMissing();
    }
    this.#meeting = false;
  }

  #startMissing(): void {
    const unmet = new Map<string, { demand: Demand; count: number }>();
    for (const { demand } of this.#waiters) {
      const key = keyOf(demand);
      const entry = unmet.get(key) ?? { demand, count: 0 };
      entry.count += 1;
      unmet.set(key, entry);
    }
    for (const { demand, count } of unmet.values()) {
      const coming = this.#count((slot) => slot.state === 'starting' && fits(slot.environment, demand));
      for (let missing = count - coming; missing > 0 && this.#makePlace(demand); missing -= 1) this.#start(demand);
    }
  }

  /** Whether one more environment may be started; ends an idle one for it where that is needed. */
  #makePlace({ definition, concurrency, layer }: Demand): boolean {
    const { startingAtOnce, environments } = this.#options;
    const ofFunction = (slot: Slot) => slot.environment.definition.name === definition.name;
    const starting = this.#count((slot) => ofFunction(slot) && slot.state === 'starting');
    if (starting >= startingAtOnce.ofFunction) return false;
    if (this.#count((slot) => slot.state === 'starting') >= startingAtOnce.inAll) return false;
    if (this.#count(ofFunction) >= concurrency) return this.#endLeastRecentlyUsed(ofFunction);
    const upToLayer = (slot: Slot) => slot.layer <= layer;
    const keptForDeeper = (2 - layer) * Math.floor(environments * KEPT_FOR_DEEPER);
    if (this.#count(upToLayer) >= environments - keptForDeeper) return this.#endLeastRecentlyUsed(upToLayer);
    if (this.#slots.size >= environments) return this.#endLeastRecentlyUsed(() => true);
    return true;
  }

  /** Only reached when no idle environment fits those who wait, so any idle one may go. */
  #endLeastRecentlyUsed(among: (slot: Slot) => boolean): boolean {
    const [oldest] = [...this.#slots.values()]
      .filter((slot) => slot.state === 'idle' && among(slot))
      .sort((a, b) => a.environment.idleSince - b.environment.idleSince);
    oldest?.environment.stop();
    return oldest !== undefined;
  }

  #start({ definition, tenantId, layer }: Demand): void {
    const environment = this.#options.start(definition, tenantId, {
      idle: () => this.#becameIdle(environment),
      gone: (initFailure) => this.#wentAway(environment, initFailure),
    });
    this.#slots.set(environment, { environment, state: 'starting', layer });
  }

  #becameIdle(environment: ExecutionEnvironment): void {
    const slot = this.#slots.get(environment);
    if (!slot) return;
    slot.state = 'idle';
    const next = this.#waiters.find((waiter) => fits(environment, waiter.demand));
    if (this.#standsInTheWay(environment)) environment.stop();
    else if (next) next.supply(this.#handOut(slot, next.demand));
    // One fewer is starting, so the next one may.
    this.#meetDemand();
  }

  /** Whether somebody has waited long for the place that this environment takes: its own callers could keep it for ever. */
  #standsInTheWay(environment: ExecutionEnvironment): boolean {
    const longest = this.#waiters[0];
    if (!longest || Date.now() - longest.since < FAIR_WAIT_MS || fits(environment, longest.demand)) return false;
    const sameFunction = longest.demand.definition.name === environment.definition.name;
    const coming = this.#count((slot) => slot.state === 'starting' && fits(slot.environment, longest.demand));
    return coming === 0 && (sameFunction || this.#slots.size >= this.#options.environments);
  }

  #wentAway(environment: ExecutionEnvironment, initFailure: FunctionFailure | undefined): void {
    this.#slots.delete(environment);
    if (initFailure) this.#waiters.find((waiter) => fits(environment, waiter.demand))?.supply({ initFailure });
    this.#meetDemand();
  }

  #endIdle(): void {
    const oldest = Date.now() - this.#options.idleTimeoutMs;
    for (const { environment, state } of [...this.#slots.values()]) {
      if (state === 'idle' && environment.idleSince < oldest) environment.stop();
    }
  }

  #count(condition: (slot: Slot) => boolean): number {
    return [...this.#slots.values()].filter(condition).length;
  }
}

const keyOf = ({ definition, tenantId }: Demand) => `${definition.name}\n${definition.revision}\n${tenantId ?? ''}`;

function fits(environment: ExecutionEnvironment, { definition, tenantId }: Demand): boolean {
  return (
    environment.definition.name === definition.name &&
    environment.definition.revision === definition.revision &&
    environment.tenantId === tenantId
  );
}
