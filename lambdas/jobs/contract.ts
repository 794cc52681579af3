import * as z from 'zod';
import { SourceCode, utf8Bytes, WELL_FORMED, WITHOUT_NUL } from '../engine/contract';
import { Language, LANGUAGES } from '../platform/runtimes';
import { LIMITS } from './limits';

/** Shapes of the jobs API (docs/contracts/jobs.md#resources, #endpoints). */

const text = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .refine(...WITHOUT_NUL)
    .refine(...WELL_FORMED);

const Description = text(LIMITS.descriptionChars).nullable().default(null);

/** A name, or digits that are the id of a project. */
const ProjectReference = z
  .string()
  .trim()
  .min(1)
  .max(LIMITS.projectNameChars)
  .refine(...WITHOUT_NUL)
  .refine(...WELL_FORMED);

export const UploadRequest = z
  .object({
    code: SourceCode,
    language: z
      .string()
      .min(1)
      .meta({ description: `${LANGUAGES}, in one of the many spellings of GET /runtimes.` }),
    project: ProjectReference.default('default').meta({
      description: 'Id of a project, or else its name; an unknown name creates the project.',
    }),
    function_name: text(LIMITS.functionNameChars).nullable().default(null),
    description: Description,
  })
  .meta({ id: 'JobUpload' });
export type UploadRequest = z.output<typeof UploadRequest>;

const Input = z
  .string()
  .refine((input) => utf8Bytes(input) <= LIMITS.inputBytes, {
    error: `must have at most ${LIMITS.inputBytes} bytes`,
  })
  .refine(...WELL_FORMED);

export const ExecuteRequest = z
  .object({
    input: Input.optional().meta({ description: 'Standard input, at most 1 MiB; default that of the query, or "".' }),
    timeout: z
      .int()
      .min(LIMITS.timeoutMs.min)
      .max(LIMITS.timeoutMs.max)
      .default(LIMITS.timeoutMs.default)
      .meta({ description: 'Milliseconds.' }),
  })
  .meta({ id: 'JobExecute' });

export const ExecuteQuery = z.object({
  input_data: Input.optional().meta({ description: 'Standard input, if the body has none.' }),
  wait: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'Wait for the end, at most 25 s; default: wait if there is a body.' }),
});

const wholeNumber = (wanted: string) => z.string().regex(/^\d{1,400}$/, { error: wanted });

export const PageQuery = z.object({
  limit: wholeNumber('must be a whole number, 1 or more')
    .transform((digits) => Math.min(Number(digits), LIMITS.listed.max))
    .refine((limit) => limit >= 1, { error: 'must be a whole number, 1 or more' })
    .optional()
    .transform((limit) => limit ?? LIMITS.listed.default)
    .meta({ description: 'Whole number; above 1000 counts as 1000; default 100.' }),
  cursor: z.string().max(500).optional().meta({ description: 'X-Next-Cursor of the page before.' }),
});

export const ProjectBody = z
  .object({ project_name: z.string().optional(), description: Description.optional() })
  .meta({ id: 'ProjectCreate' });
export const ProjectQuery = z.object({ project_name: z.string().optional(), description: z.string().optional() });
/** What the two above come to. */
export const ProjectRequest = z.object({ project_name: ProjectReference, description: Description });

export const ClusterParams = z.object({
  cluster: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, {
    error: 'must have 1 to 128 letters, digits, dots, hyphens or underscores',
  }),
});

export const JobStatus = z.enum(['PENDING', 'RUNNING', 'SUCCESS', 'FAILED', 'TIMEOUT', 'CANCELLED']);
export type JobStatus = z.output<typeof JobStatus>;

const Time = z.iso.datetime({ precision: 3 });

export const Resource = z
  .object({
    cpu_percent: z
      .number()
      .meta({ description: '100 x CPU ms / wall ms of the process tree; above 100 with threads.' }),
    memory_mb: z.number().meta({ description: 'Peak resident MiB of the process tree.' }),
    execution_time_ms: z.number().min(0.1).meta({ description: 'Wall time of the script.' }),
  })
  .meta({ id: 'JobResource' });
export type Resource = z.output<typeof Resource>;

export const RunResult = z
  .object({
    job_id: z.uuid(),
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
    logs_url: z.url(),
    completed_at: Time,
  })
  .meta({ id: 'JobRunResult' });
export type RunResult = z.output<typeof RunResult>;

const output = { stdout: z.string().optional(), stderr: z.string().optional(), resource: Resource.nullish() };

export const Job = z
  .object({
    job_id: z.uuid(),
    project: z.string(),
    code_key: z.string(),
    s3_key: z.string(),
    status: JobStatus,
    message: z.string(),
    log_key: z.string().nullable(),
    logs_url: z.url().nullable(),
    ...output,
    data: z.object({
      created_at: Time,
      updated_at: Time,
      started_at: Time.nullable(),
      completed_at: Time.nullable(),
      code_key: z.string(),
      language: Language,
      runtime: z.string(),
      function_name: z.string().nullable(),
      description: z.string().nullable(),
      ...output,
      result: RunResult.optional(),
    }),
  })
  .meta({ id: 'Job' });
export type Job = z.output<typeof Job>;

export const FlatStatus = z
  .object({
    job_id: z.uuid(),
    status: JobStatus,
    project: z.string(),
    created_at: Time,
    started_at: Time.nullable(),
    completed_at: Time.nullable(),
    timeout_ms: z.int(),
    log_key: z.string().nullable(),
    logs_url: z.url().nullable(),
  })
  .meta({ id: 'JobFlatStatus' });
export type FlatStatus = z.output<typeof FlatStatus>;

export const Project = z
  .object({ project_id: z.int().min(1), project: z.string(), description: z.string().nullable() })
  .meta({ id: 'Project' });
export type Project = z.output<typeof Project>;

export const ClusterMetrics = z
  .object({
    cluster_name: z.string(),
    metrics: z.array(z.object({ timestamp: Time, cpu_utilization: z.number(), memory_utilization: z.number() })),
  })
  .meta({ id: 'ClusterMetrics' });

export const MetricNames = z
  .object({ cluster_name: z.string(), metric_names: z.array(z.string()) })
  .meta({ id: 'MetricNames' });
