import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../platform/time/clock';
import { AppError } from '../../platform/http/errors';
import type { Blobs } from '../store/blobs';
import { stepsTo } from './claim';
import { decodeEvent, lastLogLines, type StoredEvent } from '../events/event';
import type { Fault } from '../run/fault';
import { LIMITS } from '../run/limits';
import { isTerminal, NO_USAGE, type ErrorType, type Run } from '../run/run';
import { StaleAttempt, type RunStore } from '../store/run-store';

export interface EndPorts {
  readonly store: RunStore;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** How a run ends that its worker does not end; `platformError` makes one. */
export interface EndFromOutside {
  readonly errorType: ErrorType;
  readonly errorMessage: string;
  readonly fault?: Fault | undefined;
}

/** How a run ends that its caller gives up. */
export const CANCELLED: EndFromOutside = { errorType: 'CANCELLED', errorMessage: 'Cancelled by the caller.' };

/** A writer of log lines comes every 25 ms: this many tries meet a gap between two of its writes. */
const MAX_TRIES = 20;

/**
 * Ends a run from outside its worker: a cancel, or the reaper. The fence it raises makes the worker's later writes
 * fail; the signal in the bucket makes the sandbox stop.
 * @returns the record, ended by this call or by whoever was first
 * @throws AppError `SERVICE_UNAVAILABLE` when the run is being written to faster than it can be ended
 */
export async function endRun(run: Run, end: EndFromOutside, ports: EndPorts): Promise<Run> {
  let current = run;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    if (isTerminal(current.status)) return current;
    try {
      const ended = await writeEnd(current, end, ports);
      await ports.blobs.putCancel(run.workspace, run.id);
      return ended;
    } catch (error) {
      if (!(error instanceof StaleAttempt)) throw error;
      current = error.current;
      await setTimeout(Math.random() * 5 * attempt);
    }
  }
  throw new AppError('SERVICE_UNAVAILABLE', 'The run is too busy to be ended at this moment. Try again shortly.');
}

async function writeEnd(
  run: Run,
  { errorType, errorMessage, fault }: EndFromOutside,
  { store, clock }: EndPorts,
): Promise<Run> {
  const now = clock.now();
  // Where the code may have been started, the log says so.
  const startedAt = run.startedAt ?? (fault === 'worker-lost' ? (run.handedOverAt ?? undefined) : undefined);
  const events: StoredEvent[] = [
    ...(startedAt !== undefined ? stepsTo('EXECUTING', run.status, startedAt) : []),
    ['S', now, 'FAILED'],
    ['C', now],
  ];
  return store.append(run, events, {
    status: 'FAILED',
    attempt: run.attempt + 1,
    finishedAt: now,
    errorType,
    errorMessage,
    ...(fault && { fault }),
    ...(startedAt !== undefined && { startedAt }),
    logsTail: await lastLines(run, store),
    usage: { ...NO_USAGE, durationMs: startedAt === undefined ? 0 : Math.max(0, now - startedAt) },
  });
}

/** The last log lines of a run that is still going; most stand in its own item, the rest in its newest chunk. */
async function lastLines(run: Run, store: RunStore): Promise<string[]> {
  const inTail = lastLogLines(run.tail, LIMITS.logsTailLines);
  const missing = LIMITS.logsTailLines - inTail.length;
  if (missing === 0 || run.tailFrom === 1) return inTail;
  const from = Math.max(1, run.tailFrom - missing - 4); // four status events may stand between the lines
  const events = await store.chunked(run, from, run.tailFrom - from);
  const earlier = events.map(decodeEvent).flatMap((event) => (event[0] === 'L' ? [event[3]] : []));
  return [...earlier.slice(-missing), ...inTail];
}
