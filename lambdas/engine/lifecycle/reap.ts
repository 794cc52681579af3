import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../platform/time/clock';
import { mayHaveStarted } from './claim';
import { endRun, type EndPorts } from './end-run';
import { platformError } from '../run/fault';
import { isTerminal, type Run } from '../run/run';
import type { RunIndex } from '../store/run-index';

/**
 * Ends a run whose deadline has passed: its worker is lost (docs/contracts/invocations.md#time). Readers call it
 * too, so that nobody ever sees a run that should be over still going.
 */
export async function reapIfOverdue(run: Run, ports: EndPorts): Promise<Run> {
  if (isTerminal(run.status) || run.deadlineAt > ports.clock.now()) return run;
  // One that waited in the queue for all its time was taken up by nobody.
  return endRun(run, platformError(mayHaveStarted(run) || run.attempt > 0 ? 'worker-lost' : 'not-started'), ports);
}

export interface Reaped {
  readonly ended: number;
  readonly failed: number;
}

/**
 * Ends every run past its deadline, and waits for those whose deadline passes before the next reaper comes: a lost run must
 * not stay open for a schedule's minute more (docs/contracts/invocations.md#time). One that cannot be ended does not
 * keep the
 * others waiting.
 * @param lookAheadMs how long this reaper waits at most
 */
export async function reap(index: RunIndex, ports: EndPorts, lookAheadMs = 0): Promise<Reaped> {
  const until = ports.clock.now() + lookAheadMs;
  const reaped = { ended: 0, failed: 0 };
  const due = (await index.overdue(until)).sort((a, b) => a.deadlineAt - b.deadlineAt);
  for (const run of due) {
    await waitUntil(Math.min(run.deadlineAt, until), ports.clock);
    try {
      if (await endIfOverdue(run, ports)) reaped.ended += 1;
    } catch (error) {
      reaped.failed += 1;
      console.error(`cannot end run ${run.id}`, error);
    }
  }
  return reaped;
}

/** A timer may fire before its time by the clock that counts: who looked then would take the run for one that has time left. */
async function waitUntil(time: number, clock: Clock): Promise<void> {
  for (let left = time - clock.now(); left > 0; left = time - clock.now()) await setTimeout(left);
}

/** @returns whether it was ended; most of those that were waited for have come to their own end, or got another deadline */
async function endIfOverdue(run: Run, ports: EndPorts): Promise<boolean> {
  const now = ports.clock.now();
  const current = await ports.store.get(run.workspace, run.id, now);
  if (!current || isTerminal(current.status) || current.deadlineAt > now) return false;
  await reapIfOverdue(current, ports);
  return true;
}
