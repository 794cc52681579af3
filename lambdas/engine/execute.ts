import { claim, executing, stepsTo } from './claim';
import type { Envelope } from './envelope';
import { ending, follow, lost, type FollowPorts } from './follow';
import { MAX_ATTEMPTS } from './limits';
import type { RunOrder } from './order';
import { NO_USAGE, type Run } from './run';
import { StaleAttempt } from './run-store';
import { sandboxEvent } from './sandbox-event';

export interface ExecutePorts extends FollowPorts {
  readonly envelope: Envelope;
}

/**
 * Executes one run: claim, fetch the code, hand it to a sandbox, write what comes back, end it. At most one worker
 * gets past the claim to EXECUTING, and only that one starts the user's code.
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
    return ready && (await follow(order, ready.run, ready.event, ports));
  } catch (error) {
    // Somebody ended the run (a cancel, the reaper) or took it over: their word stands.
    if (!(error instanceof StaleAttempt)) throw error;
    return undefined;
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
