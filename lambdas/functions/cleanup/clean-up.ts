import { type Blobs, ENDED_BY_OWNER, endedOfOwner, type RunIndex, type SourceStore } from '../../engine';
import type { Clock } from '../../platform/time/clock';
import { retryOnConflict } from '../../platform/dynamo/transact';
import type { CleanUpStore } from './clean-up-store';
import type { FunctionStore } from '../registry/function-store';
import type { CleanUpTask, DeployedApp } from '../registry/records';

export interface CleanUpPorts {
  readonly clock: Clock;
  readonly store: CleanUpStore;
  readonly functions: FunctionStore;
  readonly codes: SourceStore;
  readonly blobs: Pick<Blobs, 'deleteRun'>;
  readonly index: Pick<RunIndex, 'ended'>;
  /** Removes the exported lines of a function. */
  readonly deleteLines: (functionId: string) => Promise<void>;
  /** Has an app removed, in the background; asked again before it is gone, nothing else happens. */
  readonly removeApp: (app: DeployedApp, functionId: string) => Promise<void>;
}

export interface CleanedUp {
  readonly done: number;
  readonly left: number;
}

/** Runs removed between two looks at the time. */
const PAGE = 25;

/**
 * Removes what deleted functions and workspaces left. A task stands until all of its steps are done, and each step can
 * be done again: whoever crashes is followed by the next, on the schedule or with the next deletion
 * (docs/contracts/functions.md#delete).
 * @param remainingMs what is left of this worker's own time; what is not done then is for the next
 */
export async function cleanUp(ports: CleanUpPorts, remainingMs: () => number): Promise<CleanedUp> {
  let done = 0;
  let left = 0;
  // A workspace makes tasks of its functions: they are found on the next turn.
  for (let turn = 0; turn < 2; turn += 1) {
    left = 0;
    for (const task of await ports.store.tasks()) {
      const isDone = await doTask(task, ports, remainingMs).catch((error: unknown) => {
        console.error(`cannot clean up ${task.id}`, error);
        return false;
      });
      if (isDone) done += 1;
      else left += 1;
    }
  }
  return { done, left };
}

async function doTask(task: CleanUpTask, ports: CleanUpPorts, remainingMs: () => number): Promise<boolean> {
  const isDone =
    task.kind === 'workspace' ? await emptyWorkspace(task, ports) : await cleanUpFunction(task, ports, remainingMs);
  if (isDone) await ports.store.done(task.id);
  return isDone;
}

/** No function can be added any more: the workspace's record says that it is deleted, and stays to say so. */
async function emptyWorkspace({ workspace }: CleanUpTask, { functions, clock }: CleanUpPorts): Promise<boolean> {
  for (const { id } of await functions.all(workspace)) {
    await retryOnConflict(async () => {
      const record = (await functions.all(workspace)).find((one) => one.id === id);
      if (record) await functions.delete(record, clock.now());
    });
  }
  return true;
}

async function cleanUpFunction(
  { workspace, id }: CleanUpTask,
  ports: CleanUpPorts,
  remainingMs: () => number,
): Promise<boolean> {
  const apps = await ports.store.apps(id);
  for (const app of apps) await ports.removeApp(app, id);
  await ports.codes.deleteAll(workspace, id);
  await ports.store.deleteCounters(workspace, id);
  await ports.deleteLines(id);
  const partition = { index: ENDED_BY_OWNER, partition: endedOfOwner(workspace, id) } as const;
  for await (const keys of ports.index.ended(partition, PAGE)) {
    if (remainingMs() < 10_000) return false;
    for (const { sk: runId } of keys) {
      await ports.blobs.deleteRun(workspace, runId);
      await ports.store.deleteRun(workspace, runId);
    }
  }
  // As long as there are any the task stands for them: a removal that failed is begun again on the schedule.
  return apps.length === 0;
}
