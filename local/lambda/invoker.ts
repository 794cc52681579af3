import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { FunctionCatalog } from './catalog';
import { CloudWatchShipper } from './cloudwatch';
import { EmbeddedMetrics } from './embedded-metrics';
import type { CodeStore } from './code-store';
import type { FunctionDefinition } from './definition';
import { ExecutionEnvironment, type EnvironmentEvents } from './environment';
import { EnvironmentLog, logStreamName } from './environment-log';
import type { Freezer } from './freezing/freezer';
import { FunctionMetrics } from './function-metrics';
import type { Surroundings } from './function-process';
import { Throttled } from './failure';
import { LogFiles } from './log-files';
import { MetricSums } from './metric-sums';
import { MemoryWatch } from './memory-watch';
import { EnvironmentPool, type Supply } from './pool';
import { Concurrency, type Quotas } from './quotas';
import { Refusals } from './refusals';
import type { InvokeResult } from './response';

/** One call of a function. */
export interface Call {
  /** Name or ARN. */
  readonly reference: string;
  /** JSON text. */
  readonly payload: Buffer;
  readonly requestId?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly clientContext?: string | undefined;
  readonly traceId?: string | undefined;
  /** Environments the function may have at once, where it has no reserved concurrency. */
  readonly concurrency?: number;
  /** true: a function calls; its own callers wait for it. */
  readonly fromFunction?: boolean;
  /** How long to wait for an environment; the service's default otherwise, ms. */
  readonly waitMs?: number;
}

/** Bounds of what runs at once on this machine. */
export interface Limits {
  /** Environments of one function that has no reserved concurrency. */
  readonly concurrency: number;
  /** Environments of a function whose URL streams: each viewer holds one. */
  readonly streamConcurrency: number;
  /** Environments over all functions. */
  readonly environments: number;
  /** Callers waiting per function. */
  readonly queue: number;
  /** How long a caller waits for an environment, ms. */
  readonly waitMs: number;
  /** How long an environment may take to start, ms. Lambda: 10 s. */
  readonly initTimeoutMs: number;
  /** How long an environment is kept without work, ms. */
  readonly idleTimeoutMs: number;
}

export interface InvokerOptions {
  readonly catalog: FunctionCatalog;
  readonly code: CodeStore;
  readonly surroundings: Surroundings;
  /** Where logs and metrics go, past what stands between functions and AWS. */
  readonly awsEndpoint: string;
  /** Stops environments that have nothing to do. */
  readonly freezer: Freezer | undefined;
  readonly logDir: string;
  /** Temporary folders of environments are made under it. */
  readonly scratchDir: string;
  readonly limits: Limits;
  readonly quotas: Quotas;
  /** Told of bursts of calls that were refused. */
  readonly report: (message: string) => void;
}

/**
 * Lambda starts an environment again when its 10 s are over, this time within the function's own time-out. On a machine
 * that is busy this counts; it is done here in one go, and not for the 15 minutes that some functions have.
 */
const SECOND_INIT_MS = 60_000;
/** Environments that start at the same time: of one function, so that others start too, and for each processor. */
const STARTING_OF_FUNCTION = 2;
const STARTING_PER_PROCESSOR = 3;

/** Runs functions: finds the definition, unpacks the code, gets an environment, hands over the call. */
export class Invoker {
  readonly #options: InvokerOptions;

  /** What CloudWatch is told of functions. */
  readonly metrics: FunctionMetrics;
  readonly #pool: EnvironmentPool;
  readonly #memory: MemoryWatch;
  readonly #files: LogFiles;
  readonly #shipper: CloudWatchShipper;
  readonly #sums: MetricSums;
  readonly #embedded: EmbeddedMetrics;
  readonly #refusals: Refusals;
  readonly #concurrency: Concurrency;
  /** Unpacked folders of definitions that have been used; a start must not wait for the disk. */
  readonly #folders = new Map<string, string>();
  #running = 0;
  #closed = false;

  constructor(options: InvokerOptions) {
    this.#options = options;

    const { limits, awsEndpoint, logDir } = options;
    this.#files = new LogFiles(logDir);
    this.#shipper = new CloudWatchShipper(awsEndpoint);
    this.#sums = new MetricSums(awsEndpoint);
    this.metrics = new FunctionMetrics(this.#sums);
    this.#embedded = new EmbeddedMetrics(this.#sums);
    this.#refusals = new Refusals(this.#sums, options.report);
    this.#concurrency = new Concurrency(options.quotas);
    this.#pool = new EnvironmentPool({
      environments: limits.environments,
      queue: limits.queue,
      startingAtOnce: {
        ofFunction: Math.max(STARTING_OF_FUNCTION, availableParallelism()),
        inAll: STARTING_PER_PROCESSOR * availableParallelism(),
      },
      idleTimeoutMs: limits.idleTimeoutMs,
      start: (definition, tenantId, events) => this.#startEnvironment(definition, tenantId, events),
    });
    this.#memory = new MemoryWatch(() => this.#pool.environments());
  }

  /**
   * Runs a function and answers when its response begins, or with its failure.
   * @throws LambdaError where it could not be run: no such function, a quota, no free environment in time.
   */
  async invoke(call: Call): Promise<InvokeResult> {
    const definition = await this.#options.catalog.get(call.reference);
    try {
      return await this.#run(call, definition);
    } catch (error) {
      if (error instanceof Throttled && !this.#closed) this.#refusals.note(definition.name, error.reason);
      throw error;
    }
  }

  async #run(call: Call, definition: FunctionDefinition): Promise<InvokeResult> {
    const leave = this.#concurrency.enter(definition);
    let done: Promise<unknown> = Promise.resolve();
    try {
      const supply = await this.#environmentFor(call, definition);
      if ('initFailure' in supply) {
        this.metrics.neverBegan(definition.name);
        return { ok: false, failure: supply.initFailure };
      }
      this.#running += 1;
      const ended = this.metrics.began(definition.name);
      const result = await supply.environment.invoke({
        requestId: call.requestId ?? randomUUID(),
        deadlineMs: Date.now() + definition.timeoutMs,
        functionArn: definition.arn,
        payload: call.payload,
        tenantId: call.tenantId,
        clientContext: call.clientContext,
        traceId: call.traceId,
      });
      const outcome = result.ok ? result.response.ended : Promise.resolve(result.failure);
      done = outcome;
      void outcome.then((failure) => {
        this.#running -= 1;
        ended(failure !== undefined);
      });
      return result;
    } finally {
      void done.then(leave);
    }
  }

  async #environmentFor(call: Call, definition: FunctionDefinition): Promise<Supply> {
    this.#folders.set(definition.codeSha256, await this.#options.code.folderOf(definition));
    return this.#pool.acquire({
      definition,
      tenantId: call.tenantId,
      layer: call.tenantId !== undefined ? 2 : call.fromFunction ? 1 : 0,
      concurrency: definition.reservedConcurrency ?? call.concurrency ?? this.#options.limits.concurrency,
      tenantEnvironments: this.#concurrency.tenantEnvironmentsOf(definition),
      waitMs: call.waitMs ?? this.#options.limits.waitMs,
    });
  }

  /** Calls that have begun and not ended. */
  get callsRunning(): number {
    return this.#running;
  }

  /** After a deployment: idle environments of functions that changed are ended, busy ones end with their call. */
  async endOutdated(): Promise<void> {
    const current = new Map<string, string>();
    for (const name of new Set(this.#pool.environments().map(({ definition }) => definition.name))) {
      const definition = await this.#options.catalog.get(name).catch(() => undefined);
      if (definition) current.set(name, definition.revision);
    }
    this.#pool.endOutdated(({ name, revision }) => current.get(name) === revision);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pool.close();
    this.#memory.close();
    this.#refusals.close();
    await this.#shipper.close();
    await this.#sums.close();
    this.#files.close();
  }

  #startEnvironment(
    definition: FunctionDefinition,
    tenantId: string | undefined,
    events: EnvironmentEvents,
  ): ExecutionEnvironment {
    const stream = logStreamName(definition.version, randomUUID().replaceAll('-', ''));
    const sinks = [this.#files.of(definition.name), this.#shipper.to(definition.logGroup, stream), this.#embedded];
    return new ExecutionEnvironment(
      {
        definition,
        tenantId,
        taskRoot: this.#folders.get(definition.codeSha256) ?? '',
        scratchRoot: path.resolve(this.#options.scratchDir),
        surroundings: this.#options.surroundings,
        freezer: this.#options.freezer,
        log: new EnvironmentLog(stream, sinks, () => this.#shipper.forget(definition.logGroup, stream)),
        initTimeoutMs: Math.max(this.#options.limits.initTimeoutMs, Math.min(definition.timeoutMs, SECOND_INIT_MS)),
      },
      events,
    );
  }
}
