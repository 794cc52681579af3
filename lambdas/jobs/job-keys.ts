import type { JobRecord } from './job';

/**
 * Keys of jobs in the entities table. A job has a record of its own and an entry in two lists, all three written in
 * one transaction, so that it is in its lists as soon as upload has answered.
 */
export const jobKey = (workspace: string, id: string) => ({ pk: `${workspace}#JOB#${id}`, sk: 'JOB' });

/** Which run of the engine an earlier run of a job was; the newest stands in the job's record. */
export const earlierRunKey = (workspace: string, id: string, run: number) => ({
  pk: `${workspace}#JOB#${id}`,
  sk: `RUN#${String(run).padStart(9, '0')}`,
});

/** Partitions of the lists. */
export const allJobs = (workspace: string): string => `${workspace}#JOBS`;
export const jobsOfProject = (workspace: string, projectId: number): string => `${workspace}#JOBS#${projectId}`;

/** Sorts by time of upload; the id makes it unique. */
export const listSort = ({ createdAt, id }: Pick<JobRecord, 'createdAt' | 'id'>): string =>
  `${new Date(createdAt).toISOString()}#${id}`;

export const idOfListSort = (sort: string): string => sort.slice(sort.indexOf('#') + 1);

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const isJobId = (text: string): boolean => UUID_V4.test(text);
