/** Keys of this service in the entities table. Ids of tasks are of no workspace: clients read a task by its id alone. */

export const taskKey = (id: string) => ({ pk: `BUILD_TASK#${id}`, sk: 'TASK' });

/** Credentials for the one push of a task, sealed. */
export const credentialsKey = (taskId: string) => ({ pk: `BUILD_CREDENTIALS#${taskId}`, sk: 'CREDENTIALS' });

/** Which tasks a workspace has, by the time they were created. */
export const tasksPartition = (workspace: string): string => `${workspace}#BUILD_TASKS`;
export const listedKey = (workspace: string, createdAt: number, id: string) => ({
  pk: tasksPartition(workspace),
  sk: `${String(createdAt).padStart(15, '0')}#${id}`,
});

/** Which of them are not at their end. */
export const openKey = (workspace: string) => ({ pk: `${workspace}#BUILD_TASKS_OPEN`, sk: 'OPEN' });

/** An app by its name, of which each namespace has one. */
export const appKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }) => ({
  pk: `BUILD_APP#${namespace}#${name}`,
  sk: 'APP',
});
