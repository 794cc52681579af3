import { iso, isoOrNull } from '../platform/time/clock';
import { isTerminal, type Run } from '../engine';
import type { FlatStatus, Job as JobView, JobStatus, Resource, RunResult } from './contract';
import { codeKeyOf, logKeyOf, statusOf, statusOfRun, type Job } from './job';
import type { Output } from './output';

/** Free text for people. */
const MESSAGES: Readonly<Record<JobStatus, string>> = {
  PENDING: 'Stored.',
  RUNNING: 'Running.',
  SUCCESS: 'Finished.',
  FAILED: 'Failed.',
  TIMEOUT: 'Timed out.',
  CANCELLED: 'Cancelled.',
};

/**
 * A job as the API shows it (docs/contracts/jobs.md#endpoints). @param output what its newest run printed, if that is
 * over
 */
export function toJob(job: Job, output: Output | undefined, origin: string): JobView {
  const { record } = job;
  const status = statusOf(job);
  const code_key = codeKeyOf(record);
  const result = output && toResult(job, output, origin);
  return {
    job_id: record.id,
    project: record.project,
    code_key,
    s3_key: code_key,
    status,
    message: MESSAGES[status],
    ...logOf(job, origin),
    data: {
      ...timesOf(job),
      code_key,
      language: record.language,
      runtime: record.runtime,
      function_name: record.functionName ?? null,
      description: record.description ?? null,
      ...(result && { result }),
    },
  };
}

/** The same with what was printed where script clients read it: at the top and in `data`. */
export function toFullJob(job: Job, output: Output | undefined, origin: string): JobView {
  const view = toJob(job, output, origin);
  const { result } = view.data;
  if (!result) return view;
  const printed = { stdout: result.stdout, stderr: result.stderr, resource: result.resource };
  return { ...view, ...printed, data: { ...view.data, ...printed } };
}

export function toFlatStatus(job: Job, origin: string): FlatStatus {
  const { record } = job;
  const { created_at, started_at, completed_at } = timesOf(job);
  return {
    job_id: record.id,
    status: statusOf(job),
    project: record.project,
    created_at,
    started_at,
    completed_at,
    timeout_ms: record.timeoutMs,
    ...logOf(job, origin),
  };
}

/** A job has been RUNNING since its run was created; a worker takes it up milliseconds later. */
function timesOf({ record, run }: Job) {
  const changes = [record.createdAt, record.cancelledAt, run?.createdAt, run?.startedAt, run?.finishedAt];
  return {
    created_at: iso(record.createdAt),
    updated_at: iso(Math.max(...changes.filter((time) => time !== undefined))),
    started_at: isoOrNull(run?.createdAt),
    completed_at: isoOrNull(run ? run.finishedAt : record.cancelledAt),
  };
}

function logOf({ record, run }: Job, origin: string): { log_key: string | null; logs_url: string | null } {
  if (!run || !isTerminal(run.status)) return { log_key: null, logs_url: null };
  const log_key = logKeyOf(record.id, record.run);
  return { log_key, logs_url: logsUrl(origin, log_key) };
}

const logsUrl = (origin: string, logKey: string): string => `${origin}/api/log?log_key=${encodeURIComponent(logKey)}`;

function toResult({ record, run }: Job, output: Output, origin: string): RunResult | undefined {
  if (run?.finishedAt === undefined) return undefined;
  const status = statusOfRun(run);
  if (status === 'RUNNING') return undefined;
  const log_key = logKeyOf(record.id, record.run);
  return {
    job_id: record.id,
    run: record.run,
    status: status === 'SUCCESS' ? 'COMPLETED' : status,
    stdout: output.stdout,
    stderr: output.stderr,
    stdout_truncated: output.stdoutTruncated,
    stderr_truncated: output.stderrTruncated,
    exit_code: run.usage?.exitCode ?? null,
    error_message: status === 'SUCCESS' ? null : (run.errorMessage ?? status),
    resource: resourceOf(run),
    code_key: codeKeyOf(record),
    log_key,
    logs_url: logsUrl(origin, log_key),
    completed_at: iso(run.finishedAt),
  };
}

const MIB = 1024 * 1024;
const oneDecimal = (value: number): number => Math.round(value * 10) / 10;

/** Figures of a run, or null when nothing ran. A run that was ended from outside has the time only. */
export function resourceOf({ usage }: Pick<Run, 'usage'>): Resource | null {
  const wallMs = usage?.exactMs ?? usage?.durationMs ?? 0;
  if (!usage || wallMs === 0) return null;
  return {
    cpu_percent: oneDecimal((100 * (usage.exactCpuMs ?? usage.cpuMs)) / wallMs),
    memory_mb: oneDecimal(usage.maxMemoryBytes / MIB),
    execution_time_ms: Math.max(0.1, oneDecimal(wallMs)),
  };
}
