import { type Blobs, ENDED_BY_OWNER, endedOfOwner, type RunIndex, type SourceStore } from '../../engine';
import type { Clock } from '../../platform/time/clock';
import { retryOnConflict } from '../../platform/dynamo/transact';
import type { CleanUpStore } from './clean-up-store';
import type { FunctionStore } from '../registry/function-store';
import type { CleanUpTask } from '../registry/records';

export interface CleanUpPorts {
  readonly clock: Clock;
  readonly store: CleanUpStore;
  readonly functions: FunctionStore;
  readonly codes: SourceStore;
  readonly blobs: Pick<Blobs, 'forgetRun'>;
  readonly index: Pick<RunIndex, 'ended'>;
  /** Removes the exported lines of a function. */
  readonly forgetLines: (functionId: string) => Promise<void>;
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
    task.kind === 'workspace' ? await emptyWorkspace(task, ports) : await removeFunction(task, ports, remainingMs);
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

async function removeFunction(
  { workspace, id }: CleanUpTask,
  ports: CleanUpPorts,
  remainingMs: () => number,
): Promise<boolean> {
  await ports.codes.removeAll(workspace, id);
  await ports.store.removeCounters(workspace, id);
  await ports.forgetLines(id);
  const partition = { index: ENDED_BY_OWNER, partition: endedOfOwner(workspace, id) } as const;
  for await (const keys of ports.index.ended(partition, PAGE)) {
    if (remainingMs() < 10_000) return false;
    for (const { sk: runId } of keys) {
      await ports.blobs.forgetRun(workspace, runId);
      await ports.store.removeRun(workspace, runId);
    }
  }
  return true;
}
