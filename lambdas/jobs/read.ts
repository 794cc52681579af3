import { isTerminal } from '../engine';
import type { UseCases } from '../platform/http/endpoint';
import { AppError } from '../platform/http/errors';
import { readJob } from './execute';
import { findJob } from './find-job';
import { readLogKey } from './job';
import { isJobId } from './job-keys';
import type { Ports } from './ports';
import type { jobsRoutes } from './routes';
import { toFlatStatus } from './view';

type Service = UseCases<typeof jobsRoutes>;

export const getJob =
  (ports: Ports): Service['getJob'] =>
  async ({ params }, { principal, headers }) => ({
    body: await readJob(await findJob(principal.workspace, params.job_id, ports), ports, ports.publicOrigin(headers)),
  });

/** What pages poll every second: two consistent reads, and nothing of what was printed. */
export const getFlatStatus =
  (ports: Ports): Service['getFlatStatus'] =>
  async ({ params }, { principal, headers }) => ({
    body: toFlatStatus(await findJob(principal.workspace, params.job_id, ports), ports.publicOrigin(headers)),
  });

/**
 * What a run has printed, by a key that is looked up and never used as a path (docs/contracts/jobs.md#logs).
 * @throws AppError `LOG_NOT_FOUND`
 */
export const getLog =
  (ports: Ports): Service['getLog'] =>
  async ({ query }, { principal }) => {
    const log = await logOf(principal.workspace, query.log_key, ports);
    if (!log) throw new AppError('LOG_NOT_FOUND', `There is no log '${query.log_key.slice(0, 100)}'.`);
    const { stdout, stderr } = await ports.output.read(log);
    // A JSON string whose text is JSON: the endpoint sends a text as it is.
    return { body: JSON.stringify(JSON.stringify({ stdout, stderr })) };
  };

/** The run whose log a key names, if it is a run of that job and over. */
async function logOf(workspace: string, key: string, { jobs, store, clock }: Ports) {
  const wanted = readLogKey(key);
  if (!wanted || !isJobId(wanted.jobId)) return undefined;
  const now = clock.now();
  const job = await jobs.get(workspace, wanted.jobId, now);
  const runId = job && (await jobs.runIdOf(job, wanted.run));
  const run = runId === undefined ? undefined : await store.get(workspace, runId, now);
  return run && isTerminal(run.status) ? run : undefined;
}
