import type { Clock } from '../platform/clock';
import type { StoredEvent } from './event';
import { DEADLINES, MAX_ATTEMPTS } from './limits';
import { isTerminal, type Run, type RunStatus } from './run';
import { StaleAttempt, type RunStore } from './run-store';

const BEFORE_EXECUTING = [
  'REQUEST_RECEIVED',
  'CODE_FETCHING',
  'SANDBOX_PREPARING',
  'EXECUTING',
] as const satisfies readonly RunStatus[];

/** Status events that are still to be sent on the way to a status; each is sent once (contract: section 5). */
export function stepsTo(target: (typeof BEFORE_EXECUTING)[number], from: RunStatus, at: number): StoredEvent[] {
  const done = BEFORE_EXECUTING.findIndex((status) => status === from);
  return BEFORE_EXECUTING.slice(done + 1, BEFORE_EXECUTING.indexOf(target) + 1).map((status) => ['S', at, status]);
}

/** What a run that is about to execute carries from now on. */
export const executing = (run: Run, now: number): Partial<Run> => ({
  status: 'EXECUTING',
  startedAt: now,
  deadlineAt: now + run.timeoutMs + DEADLINES.executingGraceMs,
});

/**
 * Takes a run for this worker. The fence (attempt) makes any earlier worker's writes fail from here on.
 * With the code at hand the run is claimed and set EXECUTING in one write: nothing stands between the two.
 *
 * @returns the run as claimed, or undefined when there is nothing to do: it is over, its code was started already (a
 * second start is never allowed: contract, section 6, "Retries"), or enough workers were lost on it
 */
export async function claim(store: RunStore, known: Run, codeAtHand: boolean, clock: Clock): Promise<Run | undefined> {
  let run = known;
  // Each turn means that another worker or a cancel wrote in between; there are few of those, and the bound is an upper one.
  for (let turn = 0; turn < 10; turn += 1) {
    if (isTerminal(run.status) || run.status === 'EXECUTING' || run.attempt >= MAX_ATTEMPTS) return undefined;
    const now = clock.now();
    const attempt = run.attempt + 1;
    const fetching = run.status === 'REQUEST_RECEIVED' ? 'CODE_FETCHING' : run.status;
    try {
      return codeAtHand
        ? await store.append(run, stepsTo('EXECUTING', run.status, now), { ...executing(run, now), attempt })
        : await store.append(run, stepsTo('CODE_FETCHING', run.status, now), {
            status: fetching,
            attempt,
            deadlineAt: now + DEADLINES.claimedMs,
          });
    } catch (error) {
      if (!(error instanceof StaleAttempt)) throw error;
      run = error.current;
    }
  }
  return undefined;
}
