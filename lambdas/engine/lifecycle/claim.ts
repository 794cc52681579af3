import type { Clock } from '../../platform/time/clock';
import { checkVersion } from '../../platform/version';
import type { StoredEvent } from '../events/event';
import { DEADLINES, MAX_ATTEMPTS } from '../run/limits';
import { isTerminal, type Run, type RunStatus } from '../run/run';
import { StaleAttempt, type RunChange, type RunStore } from '../store/run-store';
import { RUN_VERSION } from '../run/versions';

const BEFORE_EXECUTING = [
  'REQUEST_RECEIVED',
  'CODE_FETCHING',
  'SANDBOX_PREPARING',
  'EXECUTING',
] as const satisfies readonly RunStatus[];

/**
 * Status events that are still to be sent on the way to a status; each is sent once
 * (docs/contracts/invocations.md#events).
 */
export function stepsTo(target: (typeof BEFORE_EXECUTING)[number], from: RunStatus, at: number): StoredEvent[] {
  const done = BEFORE_EXECUTING.findIndex((status) => status === from);
  return BEFORE_EXECUTING.slice(done + 1, BEFORE_EXECUTING.indexOf(target) + 1).map((status) => ['S', at, status]);
}

/** What a run whose code has been started carries from now on. */
export const executing = (run: Run, now: number) =>
  ({
    status: 'EXECUTING',
    startedAt: now,
    deadlineAt: now + run.timeoutMs + DEADLINES.executingGraceMs,
  }) as const satisfies RunChange;

/** What a run whose code is about to be handed to a sandbox carries from now on. */
const handedOver = (run: Run, now: number) =>
  ({
    status: 'SANDBOX_PREPARING',
    handedOverAt: now,
    deadlineAt: now + run.timeoutMs + DEADLINES.handedOverGraceMs,
  }) as const satisfies RunChange;

/** Whether its code may have been started. A second start is never allowed (docs/contracts/invocations.md#retries). */
export const mayHaveStarted = (run: Run): boolean => run.status === 'EXECUTING' || typeof run.handedOverAt === 'number';

/** What the claiming worker does next: fetch what the run needs, hand it to a sandbox, or carry it out itself. */
export type Next = 'fetch' | 'hand-over' | 'carry-out';

/**
 * Takes a run for this worker. The fence (attempt) makes any earlier worker's writes fail from here on.
 * Whoever has all it needs claims the run and hands it over, or starts it, in one write: nothing stands between the two.
 *
 * @returns the run as claimed, or undefined when there is nothing to do: it is over, its code may have been started, or
 * enough workers were lost on it
 * @throws NewerVersion when a newer release began it: what its record says may be half understood
 */
export async function claim(store: RunStore, known: Run, next: Next, clock: Clock): Promise<Run | undefined> {
  let run = known;
  // Each turn means that another worker or a cancel wrote in between; there are few of those, and the bound is an upper one.
  for (let turn = 0; turn < 10; turn += 1) {
    checkVersion(`run ${run.id}`, run.version, RUN_VERSION);
    if (isTerminal(run.status) || mayHaveStarted(run) || attemptsOf(run) >= MAX_ATTEMPTS) return undefined;
    const [events, change] = claimed(run, next, clock.now());
    try {
      return await store.append(run, events, { ...change, attempt: run.attempt + 1 });
    } catch (error) {
      if (!(error instanceof StaleAttempt)) throw error;
      run = error.current;
    }
  }
  return undefined;
}

/** How many workers took it up in vain; to find no sandbox is not a worker's failure. */
export const attemptsOf = ({ attempt, returns = 0 }: Run): number => attempt - returns;

function claimed(run: Run, next: Next, now: number): [StoredEvent[], RunChange] {
  switch (next) {
    case 'fetch': {
      const status = run.status === 'REQUEST_RECEIVED' ? 'CODE_FETCHING' : run.status;
      return [stepsTo('CODE_FETCHING', run.status, now), { status, deadlineAt: now + DEADLINES.claimedMs }];
    }
    case 'hand-over':
      return handOver(run, now);
    case 'carry-out':
      return [stepsTo('EXECUTING', run.status, now), executing(run, now)];
  }
}

/** The last write before a sandbox is asked. */
export const handOver = (run: Run, now: number): [StoredEvent[], RunChange] => [
  stepsTo('SANDBOX_PREPARING', run.status, now),
  handedOver(run, now),
];
