import { callRun, CompanionConflict, faultOf, type Run, type RunSpec, startRun } from '../engine';
import { RUNTIMES } from '../platform/runtimes';
import type { UseCases } from '../platform/http/endpoint';
import { AppError } from '../platform/http/errors';
import { findJob } from './find-job';
import { statusOf, type Job, type JobRecord } from './job';
import { LIMITS } from './limits';
import type { Ports } from './ports';
import { keepForARun } from './retention';
import type { jobsRoutes } from './routes';
import { toFullJob } from './view';

/**
 * Runs a job once more. Waits for the end if there is a body, or if asked to (docs/contracts/jobs.md#execute).
 * Costs two reads and the transaction of run and job, beside what any run costs.
 * @throws AppError `JOB_NOT_FOUND`, `JOB_ALREADY_RUNNING`, `JOB_CANCELLED`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
 */
export const executeJob =
  (ports: Ports): UseCases<typeof jobsRoutes>['executeJob'] =>
  async ({ params, query, body }, { principal, headers, remainingMs, trace }) => {
    ports.rateLimit.take(principal.workspace);
    const input = body?.input ?? query.input_data ?? '';
    const timeoutMs = body?.timeout ?? LIMITS.timeoutMs.default;
    const waits = query.wait ?? body !== undefined;
    const found = await findJob(principal.workspace, params.job_id, ports);
    refuseUnlessIdle(found);
    const record = await keepForARun(found.record, ports);
    const spec = { ...specOf(record, input, timeoutMs, ports), trace };
    const run = await started(
      found,
      () => (waits ? callAndWait(spec, remainingMs(), ports) : startRun(spec, ports)),
      ports,
    );
    return { body: await readJob(asOf(record, run), ports, ports.publicOrigin(headers)) };
  };

/** A job that has not begun in time goes on waiting for its start: it is `RUNNING`, as the contract says. */
async function callAndWait(spec: RunSpec, remainingMs: number, ports: Ports): Promise<Run> {
  const run = await callRun(spec, { waitMs: Math.min(LIMITS.waitMs, remainingMs), endUnstarted: false }, ports);
  if (faultOf(run) === 'no-capacity')
    throw new AppError('SERVICE_UNAVAILABLE', 'There is no capacity at the moment. Try again shortly.');
  return run;
}

/** @throws AppError `JOB_ALREADY_RUNNING`, `JOB_CANCELLED` */
function refuseUnlessIdle(job: Job): void {
  const status = statusOf(job);
  if (status === 'RUNNING')
    throw new AppError('JOB_ALREADY_RUNNING', 'This job is running. Wait for its end, or cancel it.');
  if (status === 'CANCELLED')
    throw new AppError('JOB_CANCELLED', 'This job was cancelled and cannot run. Upload it again.');
}

/** Of several that start the next run at once, one does; the others are told what they met. */
async function started({ record }: Job, start: () => Promise<Run>, ports: Ports): Promise<Run> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof CompanionConflict)) throw error;
    const current = await findJob(record.workspace, record.id, ports);
    refuseUnlessIdle(current);
    // Whoever was first has come to its end already.
    throw new AppError('JOB_ALREADY_RUNNING', 'This job was started by somebody else at the same time.');
  }
}

/** A whole program with its standard input (docs/contracts/jobs.md#running). */
function specOf(record: JobRecord, input: string, timeoutMs: number, { jobs }: Ports): RunSpec {
  const runtime = RUNTIMES.find(({ name }) => name === record.runtime);
  if (!runtime) throw new Error(`No runtime ${record.runtime}`);
  return {
    workspace: record.workspace,
    service: 'jobs',
    owner: record.id,
    listedByEnd: true,
    // As with snippets: jobs that run a few times only would each pay for an environment of their own.
    tenantOf: 'jobs',
    code: { sha256: record.code },
    runtime,
    requestedRuntime: record.requestedRuntime,
    handler: runtime.script,
    entry: { kind: 'script' },
    convention: 'invocation',
    resultForm: 'response',
    input,
    env: { values: {} },
    timeoutMs,
    memoryMb: LIMITS.memoryMb,
    resultBytes: LIMITS.outputBytes,
    context: () => ({}),
    together: (run) => jobs.nextRun(record, run),
  };
}

/** The job as its new run has made it. */
const asOf = (record: JobRecord, run: Run): Job => ({
  record: { ...record, run: record.run + 1, runId: run.id, timeoutMs: run.timeoutMs },
  run,
});

/** A job with all it has printed, if its newest run is over. */
export async function readJob(job: Job, { output }: Pick<Ports, 'output'>, origin: string) {
  const over = job.run !== undefined && statusOf(job) !== 'RUNNING';
  return toFullJob(job, over ? await output.read(job.run) : undefined, origin);
}
