import type { Clock } from '../platform/clock';
import type { Blobs } from './blobs';
import { WorkerLost, type Frame } from './frames';
import { LIMITS } from './limits';
import { LogIntake } from './log-intake';
import type { RunOrder } from './order';
import { readOutput, readResult } from './result';
import { NO_USAGE, type Outcome, type Run, type Usage } from './run';
import type { RunChange, RunStore } from './run-store';
import type { RunExporter } from './run-export';
import { RunWriter } from './run-writer';
import { SandboxFull, type SandboxClient } from './sandbox-client';
import { SANDBOX_GRACE_MS } from './sandbox-event';
import { cutToBytes } from './text';

export interface FollowPorts {
  readonly clock: Clock;
  readonly store: RunStore;
  readonly blobs: Blobs;
  readonly sandbox: Pick<SandboxClient, 'run'>;
  /** Where lines and CPU time of exported runs go. */
  readonly exporter?: RunExporter;
}

/** Results up to this size stand in the record: beyond, one object in the bucket is cheaper than the write. */
const INLINE_RESULT_BYTES = 8 * 1024;

/**
 * Has the sandbox execute a run, writes its log lines as they come, and its end.
 * @param run the record, EXECUTING and held by this worker
 * @param event what the sandbox is told
 * @returns the record as it ended
 * @throws StaleAttempt when somebody else ended the run
 */
export async function follow(order: RunOrder, run: Run, event: string, ports: FollowPorts): Promise<Run> {
  const { clock } = ports;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), run.timeoutMs + SANDBOX_GRACE_MS);
  const writer = new RunWriter(ports.store, run, () => abort.abort());
  const intake = new LogIntake();
  const exported = run.exported ? ports.exporter?.(run) : undefined;
  const seen: Seen = { coldStart: false };
  try {
    const call = { runtime: order.runtime, memoryMb: run.memoryMb, tenant: order.tenant, event, signal: abort.signal };
    for await (const frame of ports.sandbox.run(call)) {
      if (frame.t === 'log' || frame.t === 'dropped') {
        const lines = intake.take(frame, clock.now());
        writer.log(lines);
        exported?.take(lines);
      } else note(frame, order, seen);
    }
  } catch (error) {
    // What a dying sandbox leaves is an outcome of the run; anything else is a fault of ours that ends it as well.
    if (!(error instanceof WorkerLost) && !abort.signal.aborted) console.error('runner failed', error);
    seen.outcome = error instanceof SandboxFull ? full() : lost();
  } finally {
    clearTimeout(timer);
  }
  const now = clock.now();
  const startedAt = Math.min(Math.max(seen.startedAt ?? now, run.startedAt ?? now), now);
  const elapsed = {
    ...NO_USAGE,
    durationMs: seen.startedAt === undefined ? 0 : now - startedAt,
    coldStart: seen.coldStart,
  };
  const [events, change] = ending(seen.outcome ?? lost(), seen.usage ?? elapsed, intake, now);
  const result = await placeResult(run, seen, change.resultJson, ports);
  // Side by side: the caller waits for the slower of the two, and an export never fails.
  const [ended] = await Promise.all([
    writer.finish(events, { ...change, ...result, startedAt }),
    exported?.end((seen.usage ?? elapsed).cpuMs, now),
  ]);
  return ended;
}

/** What the frames said so far. */
interface Seen {
  outcome?: Outcome;
  usage?: Usage;
  coldStart: boolean;
  startedAt?: number;
  /** Scripts: what was printed and how the process ended, whatever the outcome. */
  outputJson?: string;
}

function note(frame: Exclude<Frame, { t: 'log' | 'dropped' }>, order: RunOrder, seen: Seen): void {
  switch (frame.t) {
    case 'ready':
      seen.coldStart = frame.cold;
      return;
    case 'start':
      seen.startedAt = frame.at;
      return;
    case 'output':
      seen.outputJson = readOutput(frame, order.resultBytes);
      return;
    case 'result':
      seen.outcome =
        order.entry.kind === 'script'
          ? { ok: true, resultJson: seen.outputJson ?? 'null', resultTruncated: false }
          : readResult(order, frame.json, frame.truncated);
      return;
    case 'error':
      seen.outcome = {
        ok: false,
        errorType: frame.errorType,
        // Half a character pair is no text that a store takes; user code may well raise one.
        errorMessage: cutToBytes(frame.message.toWellFormed(), LIMITS.errorMessageBytes),
        errorName: frame.name?.toWellFormed(),
        errorStack: frame.stack?.map((line) => line.toWellFormed()),
      };
      return;
    case 'usage':
      seen.usage = {
        durationMs: Math.round(frame.durationMs),
        exactMs: frame.durationMs,
        cpuMs: Math.round(frame.cpuMs),
        exactCpuMs: frame.cpuMs,
        maxMemoryBytes: Math.round(frame.maxMemoryBytes),
        coldStart: seen.coldStart,
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
  seen: Seen,
  resultJson: string | undefined,
  { blobs }: FollowPorts,
): Promise<RunChange> {
  const json = resultJson ?? seen.outputJson;
  if (json === undefined) return {};
  return storeResult(run, json, blobs);
}

/** Puts a result where it belongs by its size. @returns what the record says of it */
export async function storeResult(run: Run, json: string, blobs: Blobs): Promise<RunChange> {
  if (Buffer.byteLength(json) <= INLINE_RESULT_BYTES) return { resultJson: json };
  await blobs.putResult(run.workspace, run.id, json);
  return { resultStored: true, resultJson: undefined };
}

/** Said of a run whose worker died; one sentence for callers, wherever it was noticed. */
export const WORKER_LOST = 'The worker of this run was lost. This is a fault of the platform; submit it again.';

export const lost = (): Outcome => ({ ok: false, errorType: 'PLATFORM_ERROR', errorMessage: WORKER_LOST });

/** Said of a run that found no worker or no sandbox: nothing was started. */
export const NO_CAPACITY = 'There was no capacity; submit it again.';

const full = (): Outcome => ({ ok: false, errorType: 'PLATFORM_ERROR', errorMessage: NO_CAPACITY });

/** The last events of a run and what changes with them (contract: invocations, section 5, "Order"). */
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
