import { AppError } from '../../platform/http/errors';
import type { EndPorts } from './end-run';
import type { Principal } from '../../platform/auth/principal';
import type { HasOwner } from '../store/owners';
import { reapIfOverdue } from './reap';
import type { Run } from '../run/run';
import type { RunIndex } from '../store/run-index';
import type { ServiceRuns } from '../run/service-runs';
import { runKey, timeOfRun } from '../run/run-keys';

export interface FindPorts extends EndPorts {
  readonly hasOwner: HasOwner;
}

/**
 * The run of an id, for a caller of its workspace.
 * @throws AppError `INVOCATION_NOT_FOUND`, also for an id of a wrong form and for another workspace's
 */
export async function findRun(workspace: string, id: string, ports: FindPorts): Promise<Run> {
  const run = timeOfRun(id) === undefined ? undefined : await ports.store.get(workspace, id, ports.clock.now());
  return found(run, id, ports);
}

/**
 * The run of an id, for a caller who may see several workspaces: an id does not say whose it is. In the first it may be
 * any run, in the others one of a service whose addresses name them. Costs one read more for each hundred of the others, and
 * nothing more where the run is in the first.
 * @param others asked for only when it is not in `first`
 * @throws AppError `INVOCATION_NOT_FOUND`
 */
export async function findRunInAny(
  first: string,
  others: () => Promise<readonly string[]>,
  id: string,
  ports: FindPorts & ElsewherePorts,
): Promise<Run> {
  if (timeOfRun(id) === undefined) throw noRun(id);
  const now = ports.clock.now();
  const run = (await ports.store.get(first, id, now)) ?? (await runElsewhere(await others(), id, now, ports));
  return found(run, id, ports);
}

interface ElsewherePorts {
  readonly index: RunIndex;
  readonly serviceRuns: ServiceRuns;
}

export interface FindForPorts extends FindPorts, ElsewherePorts {
  /** Ids of all workspaces, for callers to whom every one is open. */
  readonly allWorkspaces: () => Promise<readonly string[]>;
}

/**
 * The run of an id, for whoever may read it: the same for a record, its events and its stream.
 * @throws AppError `INVOCATION_NOT_FOUND`
 */
export function findRunFor(principal: Principal, id: string, ports: FindForPorts): Promise<Run> {
  const { workspace, workspaces, allWorkspaces } = principal;
  const others = (): Promise<readonly string[]> =>
    allWorkspaces ? ports.allWorkspaces() : Promise.resolve(workspaces.filter((one) => one !== workspace));
  return findRunInAny(workspace, others, id, ports);
}

async function found(run: Run | undefined, id: string, ports: FindPorts): Promise<Run> {
  if (!run || !(await ports.hasOwner(run))) throw noRun(id);
  return reapIfOverdue(run, ports);
}

async function runElsewhere(
  workspaces: readonly string[],
  id: string,
  now: number,
  { index, serviceRuns }: ElsewherePorts,
): Promise<Run | undefined> {
  const keys = workspaces.map((workspace) => runKey(workspace, id));
  const [run] = await index.read(keys, now);
  return run && serviceRuns[run.room]?.inEveryWorkspace ? run : undefined;
}

const noRun = (id: string): AppError =>
  new AppError('INVOCATION_NOT_FOUND', `There is no invocation '${id.slice(0, 100)}'. Runs are kept for 30 days.`);
