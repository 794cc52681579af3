import { attemptsOf, claim, handOver } from './claim';
import type { Envelope } from '../store/envelope';
import { platformError } from '../run/fault';
import { ending, runInSandbox, type SandboxRunPorts } from './run-in-sandbox';
import { DEADLINES, MAX_ATTEMPTS } from '../run/limits';
import type { RunOrder } from '../run/order';
import { NO_USAGE, type Run } from '../run/run';
import { StaleAttempt } from '../store/run-store';
import { SandboxFull } from '../sandbox/sandbox-client';
import { sandboxEvent } from '../sandbox/sandbox-event';
import type { Dispatch } from './start-run';

export interface ExecutePorts extends SandboxRunPorts {
  readonly envelope: Envelope;
  /** Hands an order to the queue again. */
  readonly dispatch: Dispatch;
}

/**
 * Executes one run: claim, fetch the code, hand it to a sandbox, write what comes back, end it. At most one worker
 * gets past the claim to hand it over, and only that one starts the user's code.
 * @param remainingMs what is left of this worker's own time
 * @returns the record as this worker ended it, or undefined when it was not for this worker to end
 * @throws when the run could not be started and another worker should try
 */
export async function execute(
  order: RunOrder,
  remainingMs: () => number,
  ports: ExecutePorts,
): Promise<Run | undefined> {
  try {
    const ready = ports.blobs.hasCodeAtHand(order.run.workspace, order.code)
      ? await claimPrepared(order, remainingMs, ports)
      : await claimThenPrepare(order, remainingMs, ports);
    return ready && (await handedOver(order, ready, ports));
  } catch (error) {
    // Somebody ended the run (a cancel, the reaper) or took it over: their word stands.
    if (!(error instanceof StaleAttempt)) throw error;
    return undefined;
  }
}

/** A run that is handed over by its record, and what its sandbox is to be told. */
interface Ready {
  readonly run: Run;
  readonly event: string;
}

async function handedOver(order: RunOrder, { run, event }: Ready, ports: ExecutePorts): Promise<Run | undefined> {
  try {
    return await runInSandbox(order, run, event, ports);
  } catch (error) {
    if (!(error instanceof SandboxFull)) throw error;
    return withoutSandbox(order, run, error, ports);
  }
}

/**
 * Nothing was started. A run that nobody waits for goes back to the queue, up to an age; then, or where a caller waits, it
 * is over.
 */
async function withoutSandbox(
  order: RunOrder,
  run: Run,
  cause: Error,
  { store, clock, dispatch, report }: ExecutePorts,
): Promise<Run | undefined> {
  const now = clock.now();
  if (!order.queued || now - run.createdAt >= DEADLINES.noSandboxMs) {
    report('SandboxRefused', run.id, cause);
    return store.append(run, ...ending(platformError('no-capacity'), NO_USAGE, NO_LINES, now));
  }
  report('RunReturned', run.id, cause);
  const returned = await store.append(run, [], {
    handedOverAt: null,
    returns: (run.returns ?? 0) + 1,
    deadlineAt: now + DEADLINES.queuedMs,
  });
  // Where this fails, Lambda sends another worker with the order as it was: that one finds the record as it is now.
  await dispatch({ ...order, run: returned });
  return undefined;
}

const NO_LINES = { truncated: false, tail: [] };

/** The usual way: nothing to fetch, so that the claim hands over as well. */
async function claimPrepared(
  order: RunOrder,
  remainingMs: () => number,
  ports: ExecutePorts,
): Promise<Ready | undefined> {
  const event = await sandboxEvent(order, remainingMs(), ports);
  const run = await claim(ports.store, order.run, 'hand-over', ports.clock);
  return run && { run, event };
}

async function claimThenPrepare(
  order: RunOrder,
  remainingMs: () => number,
  ports: ExecutePorts,
): Promise<Ready | undefined> {
  const { store, clock, report } = ports;
  const claimed = await claim(store, order.run, 'fetch', clock);
  if (!claimed) return undefined;
  try {
    const event = await sandboxEvent(order, remainingMs(), ports);
    return { run: await store.append(claimed, ...handOver(claimed, clock.now())), event };
  } catch (error) {
    // Thrown, the error makes Lambda send another worker; the last one ends the run instead.
    if (!(error instanceof StaleAttempt) && attemptsOf(claimed) >= MAX_ATTEMPTS) {
      report('WorkerLost', claimed.id, error);
      await store.append(claimed, ...ending(platformError('not-started'), NO_USAGE, NO_LINES, clock.now()));
    }
    throw error;
  }
}
