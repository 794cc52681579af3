import { maySee } from '../../platform/auth/principal';
import { AppError } from '../../platform/http/errors';
import type { UseCases } from '../../platform/http/endpoint';
import type { Ports } from '../ports';
import type { buildsRoutes } from '../routes';
import { isOver, TIMED_OUT, type TaskRecord } from './task';
import { toTask } from './view';

/** No id of ours is longer, and a store takes no key of any length. */
const MAX_ID_CHARS = 64;

type TaskPorts = Pick<Ports, 'tasks' | 'clock'>;

export const taskNotFound = (id: string): AppError =>
  new AppError('NOT_FOUND', `There is no task '${id.slice(0, 100)}'.`);

/**
 * The task of an id, at its end if its time is over: whoever reads it sees to that, so that no task runs for ever because
 * what worked on it is gone (docs/contracts/builds.md#deadline).
 */
export async function currentTask(id: string, ports: TaskPorts): Promise<TaskRecord | undefined> {
  if (id.length > MAX_ID_CHARS) return undefined;
  const task = await ports.tasks.find(id);
  return task && settled(task, ports);
}

export async function settled(task: TaskRecord, { tasks, clock }: TaskPorts): Promise<TaskRecord> {
  if (isOver(task) || clock.now() < task.deadlineAt) return task;
  await tasks.end(task, { failure: TIMED_OUT }, clock.now());
  return (await tasks.find(task.id)) ?? task;
}

export const getTask =
  (ports: TaskPorts): UseCases<typeof buildsRoutes>['getTask'] =>
  async ({ params, query }, { principal }) => {
    const task = await currentTask(params.task_id, ports);
    const wanted = query.workspace_id ?? task?.workspace;
    if (task?.workspace !== wanted || !task || !maySee(principal, task.workspace)) throw taskNotFound(params.task_id);
    return { body: toTask(task) };
  };

export const listTasks =
  (ports: TaskPorts): UseCases<typeof buildsRoutes>['listTasks'] =>
  async ({ params, query }, { principal }) => {
    const workspace = params.workspace_id;
    if (!maySee(principal, workspace)) throw new AppError('NOT_FOUND', `There is no workspace '${workspace}'.`);
    const found = await ports.tasks.list(workspace, query.limit);
    const tasks = await Promise.all(found.map((task) => settled(task, ports)));
    return { body: { workspace_id: workspace, tasks: tasks.map(toTask), count: tasks.length } };
  };
