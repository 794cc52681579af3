import * as z from 'zod';
import { isTerminal, type Run } from '../engine';
import { Language, RuntimeName, runtimeOf } from '../platform/runtimes';
import type { JobStatus } from './contract';

/** A job as it is stored: what was uploaded, and which run is the newest. Times are epoch milliseconds. */
export const JobRecord = z.object({
  workspace: z.string(),
  id: z.string(),
  projectId: z.number(),
  project: z.string(),
  /** sha256 of the code in the bucket. */
  code: z.string(),
  runtime: RuntimeName,
  language: Language,
  requestedRuntime: z.string(),
  functionName: z.string().optional(),
  description: z.string().optional(),
  createdAt: z.number(),
  /** Number of the newest run; 0 before the first. */
  run: z.number(),
  /** The engine's id of that run. */
  runId: z.string().optional(),
  /** Of the newest run. */
  timeoutMs: z.number(),
  /** Only of a job that was cancelled before it ever ran. */
  cancelledAt: z.number().optional(),
  keptUntil: z.number(),
});
export type JobRecord = z.output<typeof JobRecord>;

/** A job and its newest run, as they stood at one moment. */
export interface Job {
  readonly record: JobRecord;
  readonly run: Run | undefined;
}

/**
 * The state of a job is that of its newest run: there is nothing that could disagree with it, so that execute, cancel
 * and the end of a run cannot race (docs/contracts/jobs.md#state-machine).
 */
export function statusOf({ record, run }: Job): JobStatus {
  if (!run) return record.cancelledAt === undefined ? 'PENDING' : 'CANCELLED';
  return statusOfRun(run);
}

export function statusOfRun(run: Run): Exclude<JobStatus, 'PENDING'> {
  if (!isTerminal(run.status)) return 'RUNNING';
  if (run.status === 'COMPLETED') return 'SUCCESS';
  if (run.errorType === 'TIMEOUT' || run.errorType === 'CANCELLED') return run.errorType;
  return 'FAILED';
}

/** Labels that clients keep; neither is where anything is stored. */
export const codeKeyOf = ({ id, language }: Pick<JobRecord, 'id' | 'language'>): string =>
  `uploads/${id}.${runtimeOf(language).ending}`;
export const logKeyOf = (jobId: string, run: number): string => `logs/${jobId}/${run}.json`;

/** The run that a log key names, or undefined if it is no log key. */
export function readLogKey(key: string): { readonly jobId: string; readonly run: number } | undefined {
  const [, jobId, run] = /^logs\/([0-9a-f-]{36})\/([1-9]\d{0,8})\.json$/.exec(key) ?? [];
  return jobId === undefined ? undefined : { jobId, run: Number(run) };
}
