import { endRun, type EndPorts } from './end-run';
import { WORKER_LOST } from './follow';
import { isTerminal, type Run } from './run';
import type { RunIndex } from './run-index';

/**
 * Ends a run whose deadline has passed: its worker is lost (contract: invocations, section 6, "Time"). Readers call it
 * too, so that nobody ever sees a run that should be over still going.
 */
export async function reapIfOverdue(run: Run, ports: EndPorts): Promise<Run> {
  if (isTerminal(run.status) || run.deadlineAt > ports.clock.now()) return run;
  return endRun(run, 'PLATFORM_ERROR', WORKER_LOST, ports);
}

export interface Reaped {
  readonly ended: number;
  readonly failed: number;
}

/** Ends every run past its deadline. One that cannot be ended does not keep the others waiting. */
export async function reap(index: RunIndex, ports: EndPorts): Promise<Reaped> {
  let ended = 0;
  let failed = 0;
  for (const run of await index.overdue(ports.clock.now())) {
    try {
      await reapIfOverdue(run, ports);
      ended += 1;
    } catch (error) {
      failed += 1;
      console.error(`cannot end run ${run.id}`, error);
    }
  }
  return { ended, failed };
}
