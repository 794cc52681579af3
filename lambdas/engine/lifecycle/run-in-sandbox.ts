import type { Clock } from '../../platform/time/clock';
import type { Blobs } from '../store/blobs';
import { executing, stepsTo } from './claim';
import { platformError } from '../run/fault';
import type { Frame } from '../sandbox/frames';
import { LIMITS } from '../run/limits';
import { LogIntake } from '../sandbox/log-intake';
import type { RunOrder } from '../run/order';
import { readOutput, readResult } from '../events/result';
import { NO_USAGE, type Outcome, type Run, type Usage } from '../run/run';
import type { RunChange, RunStore } from '../store/run-store';
import type { RunExporter } from '../export/run-export';
import type { ReportFault } from './report-fault';
import { RunWriter } from '../store/run-writer';
import { SandboxFull, type SandboxClient } from '../sandbox/sandbox-client';
import { SANDBOX_GRACE_MS } from '../sandbox/sandbox-event';
import { cutToBytes } from '../../platform/text';

export interface SandboxRunPorts {
  readonly clock: Clock;
  readonly store: RunStore;
  readonly blobs: Blobs;
  readonly sandbox: Pick<SandboxClient, 'run'>;
  readonly report: ReportFault;
  /** Where lines and CPU time of exported runs go. */
  readonly exporter?: RunExporter;
}

/** Results up to this size stand in the record: beyond, one object in the bucket is cheaper than the write. */
const INLINE_RESULT_BYTES = 8 * 1024;

/** From the start of the code on, what a sandbox may take beyond the time of the run; the reaper comes a little later. */
const LAST_FRAMES_MS = 7_000;

/**
 * Has the sandbox execute a run, writes its log lines as they come, and its end.
 * @param run the record, handed over by this worker
 * @param event what the sandbox is told
 * @returns the record as it ended
 * @throws SandboxFull when nothing was started; the record stands as it was given
 * @throws StaleAttempt when somebody else ended the run
 */
export async function runInSandbox(order: RunOrder, run: Run, event: string, ports: SandboxRunPorts): Promise<Run> {
  const { clock } = ports;
  const handedOverAt = clock.now();
  const deadline = new MovingDeadline(run.timeoutMs + SANDBOX_GRACE_MS);
  const writer = new RunWriter(ports.store, run, () => deadline.pass());
  const intake = new LogIntake();
  const exported = run.exported ? ports.exporter?.(run) : undefined;
  const progress: RunProgress = { coldStart: false };
  const start = (at: number): void => {
    progress.startedAt = at;
    writer.add(stepsTo('EXECUTING', run.status, at), executing(run, at));
  };
  try {
    const call = {
      runtime: order.runtime,
      memoryMb: run.memoryMb,
      tenant: order.tenant,
      event,
      signal: deadline.signal,
      onRefusal: (cause: Error) => ports.report('SandboxThrottled', run.id, cause),
    };
    for await (const frame of ports.sandbox.run(call)) {
      if (frame.t === 'log' || frame.t === 'dropped') {
        const lines = intake.take(frame, clock.now());
        writer.add(lines);
        exported?.take(lines);
      } else if (frame.t === 'start') {
        deadline.move(run.timeoutMs + LAST_FRAMES_MS);
        start(Math.min(Math.max(frame.at, handedOverAt), clock.now()));
      } else applyFrame(frame, order, progress);
    }
  } catch (error) {
    if (error instanceof SandboxFull) throw error;
    // What a dying sandbox leaves is an outcome of the run; anything else is a fault of ours that ends it as well.
    ports.report('SandboxLost', run.id, error);
    progress.outcome = platformError('worker-lost');
  } finally {
    deadline.clear();
  }
  const now = clock.now();
  // A sandbox may say what is wrong with code without having started it; the steps before the end are told all the same.
  if (progress.startedAt === undefined) start(now);
  const elapsed = {
    ...NO_USAGE,
    durationMs: now - (progress.startedAt ?? now),
    coldStart: progress.coldStart,
  };
  const outcome = progress.outcome ?? platformError('worker-lost');
  const [events, change] = ending(outcome, progress.usage ?? elapsed, intake, now);
  const result = await placeResult(run, progress, change.resultJson, ports);
  // Side by side: the caller waits for the slower of the two, and an export never fails.
  const [ended] = await Promise.all([
    writer.finish(events, {
      ...change,
      ...result,
      ...(progress.runtimeVersion !== undefined && { runtimeVersion: progress.runtimeVersion }),
    }),
    exported?.end((progress.usage ?? elapsed).cpuMs, now),
  ]);
  return ended;
}

/** A time limit that can be set anew while it runs; milliseconds from now. */
class MovingDeadline {
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(afterMs: number) {
    this.move(afterMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  move(afterMs: number): void {
    this.clear();
    this.#timer = setTimeout(() => this.pass(), afterMs);
  }

  pass(): void {
    this.#abort.abort();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

/** What the frames said so far. */
interface RunProgress {
  outcome?: Outcome;
  usage?: Usage;
  coldStart: boolean;
  runtimeVersion?: string;
  startedAt?: number;
  /** Scripts: what was printed and how the process ended, whatever the outcome. */
  outputJson?: string;
}

function applyFrame(
  frame: Exclude<Frame, { t: 'log' | 'dropped' | 'start' }>,
  order: RunOrder,
  progress: RunProgress,
): void {
  switch (frame.t) {
    case 'ready':
      progress.coldStart = frame.cold;
      progress.runtimeVersion = frame.version.toWellFormed();
      return;
    case 'output':
      progress.outputJson = readOutput(frame, order.resultBytes);
      return;
    case 'result':
      progress.outcome =
        order.entry.kind === 'script'
          ? { ok: true, resultJson: progress.outputJson ?? 'null', resultTruncated: false }
          : readResult(order, frame.json, frame.truncated);
      return;
    case 'error':
      progress.outcome = {
        ok: false,
        errorType: frame.errorType,
        // Half a character pair is no text that a store takes; user code may well raise one.
        errorMessage: cutToBytes(frame.message.toWellFormed(), LIMITS.errorMessageBytes),
        errorName: frame.name?.toWellFormed(),
        errorStack: frame.stack?.map((line) => line.toWellFormed()),
      };
      return;
    case 'usage':
      progress.usage = {
        durationMs: Math.round(frame.durationMs),
        exactMs: frame.durationMs,
        cpuMs: Math.round(frame.cpuMs),
        exactCpuMs: frame.cpuMs,
        maxMemoryBytes: Math.round(frame.maxMemoryBytes),
        coldStart: progress.coldStart,
        exitCode: frame.exitCode,
      };
      return;
    case 'end':
      return;
  }
}

/** Where a result is kept; a script that failed has printed something as well. */
async function placeResult(
  run: Run,
  progress: RunProgress,
  resultJson: string | undefined,
  { blobs }: SandboxRunPorts,
): Promise<RunChange> {
  const json = resultJson ?? progress.outputJson;
  if (json === undefined) return {};
  return storeResult(run, json, blobs);
}

/** Puts a result where it belongs by its size. @returns what the record says of it */
export async function storeResult(run: Run, json: string, blobs: Blobs): Promise<RunChange> {
  if (Buffer.byteLength(json) <= INLINE_RESULT_BYTES) return { resultJson: json };
  await blobs.putResult(run.workspace, run.id, json);
  return { resultStored: true, resultJson: undefined };
}

/** The last events of a run and what changes with them (docs/contracts/invocations.md#order-of-events). */
export function ending(
  outcome: Outcome,
  usage: Usage,
  logs: { readonly truncated: boolean; readonly tail: string[] },
  now: number,
): [[['S', number, 'COMPLETED' | 'FAILED'], ['C', number]], RunChange] {
  const status = outcome.ok ? 'COMPLETED' : 'FAILED';
  const common: RunChange = { status, finishedAt: now, usage, logsTruncated: logs.truncated };
  const change: RunChange = outcome.ok
    ? {
        ...common,
        resultJson: outcome.resultJson,
        resultTruncated: outcome.resultTruncated,
        ...(outcome.statusCode !== undefined && { statusCode: outcome.statusCode }),
        ...(outcome.resultPreview && { resultPreview: outcome.resultPreview }),
      }
    : {
        ...common,
        errorType: outcome.errorType,
        errorMessage: outcome.errorMessage,
        ...(outcome.errorName !== undefined && { errorName: outcome.errorName }),
        ...(outcome.errorStack && { errorStack: outcome.errorStack }),
        ...(outcome.fault && { fault: outcome.fault }),
        logsTail: logs.tail,
      };
  return [
    [
      ['S', now, status],
      ['C', now],
    ],
    change,
  ];
}
