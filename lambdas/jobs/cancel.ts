import { CANCELLED, endRun, isTerminal } from '../engine';
import type { UseCases } from '../platform/http/endpoint';
import { AppError } from '../platform/http/errors';
import { findJob } from './find-job';
import { statusOf, type Job } from './job';
import type { Ports } from './ports';
import { readJob } from './execute';
import type { jobsRoutes } from './routes';

/** Each further look means that an execute came in between; then there is a run, and its end decides. */
const MAX_LOOKS = 10;

/**
 * Cancels a job: it is CANCELLED when this answers, its process is gone within two seconds
 * (docs/contracts/jobs.md#cancel).
 * @throws AppError `JOB_NOT_FOUND`, `JOB_ALREADY_FINISHED`
 */
export const cancelJob =
  (ports: Ports): UseCases<typeof jobsRoutes>['cancelJob'] =>
  async ({ params }, { principal, headers }) => {
    const job = await cancelled(principal.workspace, params.job_id, ports);
    const status = statusOf(job);
    if (status !== 'CANCELLED')
      throw new AppError('JOB_ALREADY_FINISHED', `The job is over: ${status}.`, { details: { status } });
    return { body: await readJob(job, ports, ports.publicOrigin(headers)) };
  };

/** The job as it is after the try: cancelled, now or before, or finished. */
async function cancelled(workspace: string, id: string, ports: Ports): Promise<Job> {
  for (let look = 1; look <= MAX_LOOKS; look += 1) {
    const job = await findJob(workspace, id, ports);
    const { record, run } = job;
    if (run) {
      if (isTerminal(run.status)) return job;
      return { record, run: await endRun(run, CANCELLED, ports) };
    }
    if (record.cancelledAt !== undefined) return job;
    const now = ports.clock.now();
    if (await ports.jobs.cancelUnstarted(record, now)) return { record: { ...record, cancelledAt: now }, run };
  }
  throw new AppError('SERVICE_UNAVAILABLE', 'The job is too busy to be cancelled at this moment. Try again shortly.');
}
