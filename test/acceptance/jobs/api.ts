import * as z from 'zod';
import { get, post, read, refusalWithDetail, send, type Sent } from '../../support/api';
import { waitFor } from '../../support/wait';

/** What the jobs API promises, written from its contract and not from the product, and calls that tests share. */

const Time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const Uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const oneDecimal = z.number().refine((value) => Math.abs(value * 10 - Math.round(value * 10)) < 1e-6);

export const Resource = z.strictObject({
  cpu_percent: oneDecimal.min(0),
  memory_mb: oneDecimal.min(0),
  execution_time_ms: oneDecimal.min(0.1),
});

export const Result = z.strictObject({
  job_id: Uuid,
  run: z.int().min(1),
  status: z.enum(['COMPLETED', 'FAILED', 'TIMEOUT', 'CANCELLED']),
  stdout: z.string(),
  stderr: z.string(),
  stdout_truncated: z.boolean(),
  stderr_truncated: z.boolean(),
  exit_code: z.int().nullable(),
  error_message: z.string().nullable(),
  resource: Resource.nullable(),
  code_key: z.string(),
  log_key: z.string(),
  logs_url: z.string(),
  completed_at: Time,
});

const Status = z.enum(['PENDING', 'RUNNING', 'SUCCESS', 'FAILED', 'TIMEOUT', 'CANCELLED']);
const printed = { stdout: z.string().optional(), stderr: z.string().optional(), resource: Resource.nullish() };

export const Job = z.strictObject({
  job_id: Uuid,
  project: z.string(),
  code_key: z.string(),
  s3_key: z.string(),
  status: Status,
  message: z.string().min(1),
  log_key: z.string().nullable(),
  logs_url: z.string().nullable(),
  ...printed,
  data: z.strictObject({
    created_at: Time,
    updated_at: Time,
    started_at: Time.nullable(),
    completed_at: Time.nullable(),
    code_key: z.string(),
    language: z.enum(['python', 'node']),
    runtime: z.string(),
    function_name: z.string().nullable(),
    description: z.string().nullable(),
    ...printed,
    result: Result.nullish(),
  }),
});
export type Job = z.output<typeof Job>;
export const Jobs = z.array(Job);

export const Flat = z.strictObject({
  job_id: Uuid,
  status: Status,
  project: z.string(),
  created_at: Time,
  started_at: Time.nullable(),
  completed_at: Time.nullable(),
  timeout_ms: z.int(),
  log_key: z.string().nullable(),
  logs_url: z.string().nullable(),
});
export type Flat = z.output<typeof Flat>;

export const Project = z.strictObject({
  project_id: z.int().min(1),
  project: z.string(),
  description: z.string().nullable(),
});

/** The error in an answer; in this API it also says its message as `detail`. */
export const refused = refusalWithDetail;

export interface Script {
  readonly code: string;
  readonly language?: string;
  readonly project?: string;
  readonly function_name?: string | null;
  readonly description?: string | null;
}

export async function upload(script: Script, sent?: Sent): Promise<Job> {
  return read(await post('/api/upload', { language: 'python', ...script }, sent), 200, Job);
}

/** Runs and waits for the answer; a run of more than 25 s is still RUNNING in it. */
export async function execute(jobId: string, body: object = {}, query = ''): Promise<Job> {
  return read(await post(`/api/execute/${jobId}${query}`, body), 200, Job);
}

/** Runs as the React console does: no body, no content type. */
export async function executeAtOnce(jobId: string, query = ''): Promise<Job> {
  return read(await send('POST', `/api/execute/${jobId}${query}`), 200, Job);
}

export const status = async (jobId: string): Promise<Job> => read(await get(`/api/status/${jobId}`), 200, Job);
export const flat = async (jobId: string): Promise<Flat> => read(await get(`/api/jobs/${jobId}/status`), 200, Flat);

export const isOver = ({ status: state }: { readonly status: string }): boolean =>
  ['SUCCESS', 'FAILED', 'TIMEOUT', 'CANCELLED'].includes(state);

/** The job once its newest run is over. */
export function finished(jobId: string): Promise<Job> {
  return waitFor(
    `job ${jobId} to end`,
    async () => {
      const job = await status(jobId);
      return isOver(job) ? job : undefined;
    },
    { deadlineMs: 90_000, everyMs: 100 },
  );
}

/** Uploads and runs to the end, and gives the result of that run. */
export async function resultOf(script: Script, body: object = {}) {
  const { job_id } = await upload(script);
  const { data, ...job } = await execute(job_id, body).then((answer) => (isOver(answer) ? answer : finished(job_id)));
  if (!data.result) throw new Error(`no result: ${JSON.stringify(job)}`);
  return { ...job, data, result: data.result };
}

const Log = z.strictObject({ stdout: z.string(), stderr: z.string() });

/** A log as the console reads it: a JSON string with JSON inside. */
export async function log(logKey: string) {
  const text = read(await get(`/api/log?log_key=${encodeURIComponent(logKey)}`), 200, z.string());
  return Log.parse(JSON.parse(text));
}
