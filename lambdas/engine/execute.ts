import type { Clock } from '../platform/clock';
import type { Blobs } from './blobs';
import { claim, executing, stepsTo } from './claim';
import type { Envelope } from './envelope';
import { WorkerLost, type Frame } from './frames';
import { LIMITS, MAX_ATTEMPTS } from './limits';
import { LogIntake } from './log-intake';
import type { RunOrder } from './order';
import { readResult } from './result';
import { NO_USAGE, type Outcome, type Run, type Usage } from './run';
import { StaleAttempt, type RunChange, type RunStore } from './run-store';
import { RunWriter } from './run-writer';
import type { SandboxClient } from './sandbox-client';
import { cutToBytes } from './text';

export interface ExecutePorts {
  readonly clock: Clock;
  readonly store: RunStore;
  readonly blobs: Blobs;
  readonly envelope: Envelope;
  readonly sandbox: SandboxClient;
}

/** A sandbox may take this long beyond the user's time for its cold start and its last frames. */
const SANDBOX_GRACE_MS = 20_000;
/** A worker keeps this much of its own time to write the end. */
const WORKER_RESERVE_MS = 10_000;
/** Results up to this size stand in the record: beyond, one object in the bucket is cheaper than the write. */
const INLINE_RESULT_BYTES = 8 * 1024;

/**
 * Executes one run: claim, fetch the code, hand it to a sandbox, write what comes back, end it. At most one worker
 * gets past the claim to EXECUTING, and only that one starts the user's code.
 * @param remainingMs what is left of this worker's own time
 * @throws when the run could not be started and another worker should try
 */
export async function execute(order: RunOrder, remainingMs: () => number, ports: ExecutePorts): Promise<void> {
  try {
    const ready = ports.blobs.hasCodeAtHand(order.run.workspace, order.code)
      ? await claimPrepared(order, remainingMs, ports)
      : await claimThenPrepare(order, remainingMs, ports);
    if (ready) await follow(order, ready.run, ready.event, ports);
  } catch (error) {
    // Somebody ended the run (a cancel, the reaper) or took it over: their word stands.
    if (!(error instanceof StaleAttempt)) throw error;
  }
}

/** A run that is EXECUTING by its record, and what its sandbox is to be told. */
interface Ready {
  readonly run: Run;
  readonly event: string;
}

/** The usual way: nothing to fetch, so that the claim is the start. */
async function claimPrepared(
  order: RunOrder,
  remainingMs: () => number,
  ports: ExecutePorts,
): Promise<Ready | undefined> {
  const event = await sandboxEvent(order, remainingMs(), ports);
  const run = await claim(ports.store, order.run, true, ports.clock);
  return run && { run, event };
}

async function claimThenPrepare(
  order: RunOrder,
  remainingMs: () => number,
  ports: ExecutePorts,
): Promise<Ready | undefined> {
  const claimed = await claim(ports.store, order.run, false, ports.clock);
  if (!claimed) return undefined;
  try {
    const event = await sandboxEvent(order, remainingMs(), ports);
    return { run: await startExecuting(claimed, ports), event };
  } catch (error) {
    // Thrown, the error makes Lambda send another worker; the last one ends the run instead.
    if (!(error instanceof StaleAttempt) && claimed.attempt >= MAX_ATTEMPTS) {
      await ports.store.append(claimed, ...ending(lost(), NO_USAGE, { truncated: false, tail: [] }, ports.clock.now()));
    }
    throw error;
  }
}

const startExecuting = (run: Run, { store, clock }: ExecutePorts): Promise<Run> => {
  const now = clock.now();
  return store.append(run, stepsTo('EXECUTING', run.status, now), executing(run, now));
};

/** Everything the sandbox needs, as the protocol wants it (docs/architecture.md). Whatever can fail, fails before the start. */
async function sandboxEvent(order: RunOrder, remainingMs: number, { blobs, envelope }: ExecutePorts): Promise<string> {
  const { run } = order;
  const timeoutMs = Math.max(1, Math.min(run.timeoutMs, remainingMs - WORKER_RESERVE_MS));
  const validSeconds = Math.ceil((run.timeoutMs + 2 * SANDBOX_GRACE_MS) / 1000);
  const [code, env, cancelUrl, eventUrl] = await Promise.all([
    blobs.getCode(run.workspace, order.code),
    order.env ? envelope.open(run.id, order.env) : {},
    blobs.cancelUrl(run.workspace, run.id, validSeconds),
    'key' in order.event ? blobs.urlOf(order.event.key, validSeconds) : undefined,
  ]);
  const head = JSON.stringify({
    runId: run.id,
    codeBase64: code.toString('base64'),
    entry: order.entry,
    convention: order.convention,
    context: order.context,
    env,
    limits: {
      timeoutMs,
      memoryMb: run.memoryMb,
      lineBytes: LIMITS.logLineBytes,
      logBytes: LIMITS.logBytes,
      logLines: LIMITS.logLines,
      resultBytes: order.resultBytes,
    },
    cancelUrl,
    ...(eventUrl && { eventUrl }),
  });
  // The event is JSON text already: it is set in as it is instead of being parsed and written once more.
  return 'json' in order.event ? `${head.slice(0, -1)},"event":${order.event.json}}` : head;
}

/** Reads the sandbox to its end and writes what it says. */
async function follow(order: RunOrder, run: Run, event: string, ports: ExecutePorts): Promise<void> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), run.timeoutMs + SANDBOX_GRACE_MS);
  const writer = new RunWriter(ports.store, run, () => abort.abort());
  const intake = new LogIntake();
  const seen: Seen = { outcome: undefined, usage: undefined, coldStart: false, startedAt: undefined };
  try {
    const frames = ports.sandbox.run({
      runtime: order.runtime,
      memoryMb: run.memoryMb,
      tenant: order.tenant,
      event,
      signal: abort.signal,
    });
    for await (const frame of frames) {
      if (frame.t === 'log' || frame.t === 'dropped') writer.log(intake.take(frame, ports.clock.now()));
      else note(frame, order, seen);
    }
  } catch (error) {
    // What a dying sandbox leaves is an outcome of the run; anything else is a fault of ours that ends it as well.
    if (!(error instanceof WorkerLost) && !abort.signal.aborted) console.error('runner failed', error);
    seen.outcome = lost();
  } finally {
    clearTimeout(timer);
  }
  const outcome = seen.outcome ?? lost();
  const now = ports.clock.now();
  const started = Math.min(Math.max(seen.startedAt ?? now, run.startedAt ?? now), now);
  const usage = seen.usage ?? {
    ...NO_USAGE,
    durationMs: seen.startedAt === undefined ? 0 : now - started,
    coldStart: seen.coldStart,
  };
  const large = outcome.ok && Buffer.byteLength(outcome.resultJson) > INLINE_RESULT_BYTES;
  if (outcome.ok && large) await ports.blobs.putResult(run.workspace, run.id, outcome.resultJson);
  const [events, change] = ending(outcome, usage, intake, now);
  await writer.finish(events, {
    ...change,
    startedAt: started,
    ...(large && { resultStored: true, resultJson: undefined }),
  });
}

interface Seen {
  outcome: Outcome | undefined;
  usage: Usage | undefined;
  coldStart: boolean;
  startedAt: number | undefined;
}

function note(frame: Exclude<Frame, { t: 'log' | 'dropped' }>, order: RunOrder, seen: Seen): void {
  switch (frame.t) {
    case 'ready':
      seen.coldStart = frame.cold;
      return;
    case 'start':
      seen.startedAt = frame.at;
      return;
    case 'result':
      seen.outcome = readResult(order, frame.json, frame.truncated);
      return;
    case 'error':
      seen.outcome = {
        ok: false,
        errorType: frame.errorType,
        errorMessage: cutToBytes(frame.message, LIMITS.errorMessageBytes),
      };
      return;
    case 'usage':
      seen.usage = {
        durationMs: Math.round(frame.durationMs),
        cpuMs: Math.round(frame.cpuMs),
        maxMemoryBytes: Math.round(frame.maxMemoryBytes),
        coldStart: seen.coldStart,
      };
      return;
    case 'output':
    case 'end':
      return;
  }
}

const lost = (): Outcome => ({
  ok: false,
  errorType: 'PLATFORM_ERROR',
  errorMessage: 'The worker of this run was lost. This is a fault of the platform; submit it again.',
});

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
    ? { ...common, resultJson: outcome.resultJson, resultTruncated: outcome.resultTruncated }
    : { ...common, errorType: outcome.errorType, errorMessage: outcome.errorMessage, logsTail: logs.tail };
  return [
    [
      ['S', now, status],
      ['C', now],
    ],
    change,
  ];
}
