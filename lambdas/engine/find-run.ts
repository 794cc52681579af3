import { AppError } from '../platform/errors';
import type { EndPorts } from './end-run';
import { reapIfOverdue } from './reap';
import type { Run } from './run';
import type { RunIndex } from './run-index';
import { runKey, timeOfRun } from './run-keys';

/**
 * The run of an id, for a caller of its workspace.
 * @throws AppError `INVOCATION_NOT_FOUND`, also for an id of a wrong form and for another workspace's
 */
export async function findRun(workspace: string, id: string, ports: EndPorts): Promise<Run> {
  const run = timeOfRun(id) === undefined ? undefined : await ports.store.get(workspace, id, ports.clock.now());
  if (!run) throw noRun(id);
  return reapIfOverdue(run, ports);
}

/**
 * The run of an id, for a caller who may see several workspaces: an id does not say whose it is. Costs one read more
 * for each hundred of them, and nothing more where the run is in the first.
 * @param others asked for only when it is not in `first`
 * @throws AppError `INVOCATION_NOT_FOUND`
 */
export async function findRunInAny(
  first: string,
  others: () => Promise<readonly string[]>,
  id: string,
  ports: EndPorts & { readonly index: RunIndex },
): Promise<Run> {
  if (timeOfRun(id) === undefined) throw noRun(id);
  const now = ports.clock.now();
  const run =
    (await ports.store.get(first, id, now)) ??
    (
      await ports.index.read(
        (await others()).map((workspace) => runKey(workspace, id)),
        now,
      )
    )[0];
  if (!run) throw noRun(id);
  return reapIfOverdue(run, ports);
}

const noRun = (id: string): AppError =>
  new AppError('INVOCATION_NOT_FOUND', `There is no invocation '${id.slice(0, 100)}'. Runs are kept for 30 days.`);
