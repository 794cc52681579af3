import type { JobRecord } from './job';
import { LIMITS } from './limits';
import type { Ports } from './ports';

const DAY_MS = 86_400_000;
const KEPT_MS = LIMITS.retentionDays * DAY_MS;

/** Until when a new job is kept: a day more than promised, so that not every run has to extend it. */
export const keptFromNow = (now: number): number => now + KEPT_MS + DAY_MS;

/**
 * A result is kept for 30 days from its run on, and its job with it: a run extends the job's time, at most once a day.
 * The code is put again then, which renews its age in the bucket.
 */
export async function keepForARun(job: JobRecord, ports: Pick<Ports, 'jobs' | 'blobs' | 'clock'>): Promise<JobRecord> {
  const now = ports.clock.now();
  if (job.keptUntil >= now + KEPT_MS) return job;
  const code = await ports.blobs.getCode(job.workspace, job.code);
  await ports.blobs.putCode(job.workspace, code.toString('utf8'));
  return ports.jobs.keepUntil(job, keptFromNow(now));
}
