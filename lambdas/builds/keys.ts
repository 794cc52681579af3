/** Keys of this service in the entities table. Ids of tasks are of no workspace: clients read a task by its id alone. */

export const taskKey = (id: string) => ({ pk: `BUILD_TASK#${id}`, sk: 'TASK' });

/** Which tasks a workspace has, by the time they were created. */
export const tasksPartition = (workspace: string): string => `${workspace}#BUILD_TASKS`;
export const listedKey = (workspace: string, createdAt: number, id: string) => ({
  pk: tasksPartition(workspace),
  sk: `${String(createdAt).padStart(15, '0')}#${id}`,
});

/** Which of them are not at their end. */
export const openKey = (workspace: string) => ({ pk: `${workspace}#BUILD_TASKS_OPEN`, sk: 'OPEN' });
