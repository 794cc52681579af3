import { reapIfOverdue, type Run, runKey } from '../engine';
import { AppError } from '../platform/http/errors';
import type { Job, JobRecord } from './job';
import { isJobId } from './job-keys';
import type { Ports } from './ports';

type FindPorts = Pick<Ports, 'jobs' | 'index' | 'store' | 'blobs' | 'clock'>;

/**
 * The job of an id and its newest run, both read consistently.
 * @throws AppError `JOB_NOT_FOUND`, also for an id of a wrong form and for another workspace's
 */
export async function findJob(workspace: string, id: string, ports: FindPorts): Promise<Job> {
  const record = isJobId(id) ? await ports.jobs.get(workspace, id, ports.clock.now()) : undefined;
  if (!record) throw noSuchJob(id);
  const run = record.runId === undefined ? undefined : await newestRun(record, record.runId, ports);
  return { record, run };
}

/** A run is there as long as its job: both were written in one transaction, and a job is kept no longer than its run. */
async function newestRun(record: JobRecord, runId: string, ports: FindPorts): Promise<Run> {
  const run = await ports.store.get(record.workspace, runId, ports.clock.now());
  if (!run) throw noSuchJob(record.id);
  return reapIfOverdue(run, ports);
}

/** Jobs of these ids with their newest runs, in their order; at most 100. Two reads in all. */
export async function findJobs(workspace: string, ids: readonly string[], ports: FindPorts): Promise<Job[]> {
  const now = ports.clock.now();
  const records = await ports.jobs.getMany(workspace, ids, now);
  const keys = records.flatMap(({ runId }) => (runId === undefined ? [] : [runKey(workspace, runId)]));
  const runs = new Map<string, Run>();
  for (const run of await ports.index.read(keys, now)) runs.set(run.id, await reapIfOverdue(run, ports));
  return records.flatMap((record): Job[] => {
    if (record.runId === undefined) return [{ record, run: undefined }];
    const run = runs.get(record.runId);
    return run ? [{ record, run }] : [];
  });
}

const noSuchJob = (id: string): AppError => new AppError('JOB_NOT_FOUND', `There is no job '${id.slice(0, 100)}'.`);
