import { AppError } from '../platform/errors';
import type { EndPorts } from './end-run';
import { reapIfOverdue } from './reap';
import type { Run } from './run';
import { timeOfRun } from './run-keys';

/**
 * The run of an id, for a caller of its workspace.
 * @throws AppError `INVOCATION_NOT_FOUND`, also for an id of a wrong form and for another workspace's
 */
export async function findRun(workspace: string, id: string, ports: EndPorts): Promise<Run> {
  const run = timeOfRun(id) === undefined ? undefined : await ports.store.get(workspace, id, ports.clock.now());
  if (!run)
    throw new AppError(
      'INVOCATION_NOT_FOUND',
      `There is no invocation '${id.slice(0, 100)}'. Runs are kept for 30 days.`,
    );
  return reapIfOverdue(run, ports);
}
