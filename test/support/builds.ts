import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { get, read, send, type Answer, type Sent, type Target } from './api';
import { waitFor } from './wait';

/** What the builds API promises, written from its contract and not from the product, and calls that tests share. */

const Time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const told = { ignored_fields: z.array(z.string()), warnings: z.array(z.string()) };

export const Queued = z.strictObject({
  task_id: z.string().regex(/^[A-Za-z0-9]+$/),
  status: z.literal('pending'),
  message: z.string(),
  source_s3_path: z.string().endsWith('/').nullable(),
  target: z.enum(['lambda', 'spin']),
  ...told,
});
export type Queued = z.output<typeof Queued>;

const Result = z.strictObject({
  wasm_path: z.string().nullable(),
  image_url: z.string().nullable(),
  image_uri: z.string().nullable(),
  file_path: z.string().endsWith('/'),
  artifact: z.strictObject({
    kind: z.enum(['lambda-zip', 'spin-oci']),
    path: z.string().startsWith('s3://'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().min(1),
  }),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
});

export const Task = z.strictObject({
  task_id: z.string(),
  status: z.enum(['pending', 'running', 'completed', 'failed']),
  stage: z.enum(['queued', 'checking', 'building', 'pushing', 'finished']),
  result: Result.nullable(),
  error: z.string().nullable(),
  error_code: z.string().nullable(),
  app_name: z.string().regex(/^[a-z][a-z0-9]{0,39}$/),
  target: z.enum(['lambda', 'spin']),
  workspace_id: z.string(),
  created_at: Time,
  updated_at: Time,
  ...told,
});
export type Task = z.output<typeof Task>;

export const TaskList = z.strictObject({ workspace_id: z.string(), tasks: z.array(Task), count: z.int() });

export interface Upload {
  readonly name: string;
  readonly content: string | Buffer;
}

/** A form as clients send it, with a boundary of its own. */
export async function form(
  file: Upload | undefined,
  fields: Readonly<Record<string, string>> = {},
): Promise<Required<Pick<Sent, 'raw' | 'headers'>>> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  if (file)
    data.append('file', new Blob([Uint8Array.from(Buffer.from(file.content))], { type: 'text/plain' }), file.name);
  const encoded = new Response(data);
  const contentType = encoded.headers.get('content-type') ?? '';
  return { raw: new Uint8Array(await encoded.arrayBuffer()), headers: { 'Content-Type': contentType } };
}

export async function upload(
  path: 'build' | 'build-and-push',
  file: Upload | undefined,
  fields: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
  to?: Target,
): Promise<Answer> {
  const body = await form(file, fields);
  return send('POST', `/api/v1/${path}`, {
    raw: body.raw,
    headers: { ...body.headers, ...headers },
    ...(to && { to }),
  });
}

export const readTask = async (id: string, to?: Target): Promise<Task> =>
  read(await get(`/api/v1/tasks/${id}`, { ...(to && { to }) }), 200, Task);

/** At its end, whatever that is. */
export const ended = (id: string, to?: Target, deadlineMs = 120_000): Promise<Task> =>
  waitFor(
    `task ${id} to end`,
    async () => {
      const task = await readTask(id, to);
      return task.status === 'completed' || task.status === 'failed' ? task : undefined;
    },
    { deadlineMs, everyMs: 100 },
  );

export async function built(file: Upload, fields: Readonly<Record<string, string>> = {}): Promise<Task> {
  return ended(read(await upload('build', file, fields), 202, Queued).task_id);
}

export const Deployed = z.strictObject({
  app_name: z.string().regex(/^[a-z][a-z0-9]{0,39}$/),
  namespace: z.string(),
  service_name: z.string(),
  service_status: z.enum(['found', 'pending']),
  endpoint: z.url().nullable(),
  enable_autoscaling: z.boolean(),
  use_spot: z.boolean(),
  error: z.null(),
  target: z.enum(['lambda', 'spin']),
  ignored_fields: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type Deployed = z.output<typeof Deployed>;

export const deploy = (body: object, headers?: Readonly<Record<string, string>>, to?: Target): Promise<Answer> =>
  send('POST', '/api/v1/deploy', {
    json: { namespace: 'default', ...body },
    ...(headers && { headers }),
    ...(to && { to }),
  });

/** The same until it is over: on a busy machine 25 s may not be enough. */
export const deployedApp = (body: object, to?: Target): Promise<Deployed> =>
  waitFor(
    'the deploy',
    async () => {
      const answer = read(await deploy(body, undefined, to), 200, Deployed);
      return answer.service_status === 'found' ? answer : undefined;
    },
    { deadlineMs: 120_000 },
  );

const Facts = z.object({ awsEndpoint: z.string() });

/** Where the system under test has its registry. */
export async function registryEndpoint(): Promise<string> {
  const facts = await readFile(join(process.env['NARAE_TEST_STATE_DIR'] ?? '', 'system.json'), 'utf8');
  return Facts.parse(JSON.parse(facts)).awsEndpoint;
}
