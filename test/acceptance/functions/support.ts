import * as z from 'zod';
import { get, post, read, send, type Answer } from '../../support/api';

/** What the functions API promises, written from the contract (docs/contracts/functions.md#resources). */

const Time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+09:00$/);
const Count = z.int().min(0);

export const Workspace = z.strictObject({
  id: z.string().regex(/^ws-[A-Za-z0-9]{7,}$/),
  name: z.string(),
  description: z.string(),
  createdAt: Time,
  functionCount: Count,
  invocations24h: Count,
  errorRate: z.number().min(0).max(100),
});
export type Workspace = z.output<typeof Workspace>;

export const FunctionConfig = z.strictObject({
  id: z.string().regex(/^fn-[A-Za-z0-9]{8,}$/),
  workspaceId: z.string(),
  name: z.string(),
  description: z.string(),
  runtime: z.string(),
  runtimeVersion: z.string().regex(/^\d+(\.\d+)*$/),
  memory: z.int(),
  timeout: z.int(),
  httpMethods: z.array(z.string()).min(1),
  environmentVariables: z.record(z.string(), z.literal('********')),
  code: z.string(),
  invocationUrl: z.string().nullable(),
  status: z.enum(['active', 'disabled', 'building', 'deploying', 'failed']),
  lastModified: Time,
  lastDeployed: Time.nullable(),
  invocations24h: Count,
  errors24h: Count,
  avgDuration: Count,
});
export type FunctionConfig = z.output<typeof FunctionConfig>;

export const ExecutionLog = z.strictObject({
  id: z.string().min(1),
  functionId: z.string(),
  timestamp: Time,
  status: z.enum(['success', 'error']),
  duration: Count,
  statusCode: z.int().min(100).max(599),
  requestBody: z.unknown(),
  responseBody: z.unknown(),
  logs: z.array(z.string()),
  level: z.enum(['info', 'warn', 'error']),
});
export type ExecutionLog = z.output<typeof ExecutionLog>;
export const Logs = z.strictObject({ logs: z.array(ExecutionLog), total: Count });

export const base64 = (source: string): string => Buffer.from(source).toString('base64');

export const PYTHON = 'def handler(event):\n    return event["body"]\n';

export async function newWorkspace(name = 'Orders'): Promise<Workspace> {
  return read(await post('/api/workspaces', { name }), 201, Workspace);
}

export interface NewFunction {
  readonly config: FunctionConfig;
  readonly path: string;
}

let ofThisFile: Promise<Workspace> | undefined;

/**
 * A function of the workspace that the tests of a file share: its sandboxes are warm, where those of a new workspace have
 * to be started.
 */
export async function newFunction(
  source = PYTHON,
  settings: Record<string, unknown> = {},
  workspace?: string,
): Promise<NewFunction> {
  const workspaceId = workspace ?? (await (ofThisFile ??= newWorkspace())).id;
  const created = await post(`/api/workspaces/${workspaceId}/functions`, {
    name: 'order-intake',
    code: base64(source),
    ...settings,
  });
  const config = read(created, 201, FunctionConfig);
  const path = `/api/workspaces/${workspaceId}/functions/${config.id}`;
  return { config, path };
}

/** The same in a workspace of its own, for tests that look at the workspace. */
export async function firstFunction(
  source = PYTHON,
  settings: Record<string, unknown> = {},
): Promise<NewFunction & { readonly workspace: string }> {
  const { id } = await newWorkspace();
  return { ...(await newFunction(source, settings, id)), workspace: `/api/workspaces/${id}` };
}

export const patch = (path: string, json: unknown): Promise<Answer> => send('PATCH', path, { json });
export const remove = (path: string): Promise<Answer> => send('DELETE', path);

export async function invoke(path: string, body: unknown = {}): Promise<ExecutionLog> {
  return read(await post(`${path}/invoke`, body), 200, ExecutionLog);
}

export const logsOf = async (path: string, query = ''): Promise<ExecutionLog[]> =>
  read(await get(`${path}/logs${query}`), 200, Logs).logs;

export const configOf = async (path: string): Promise<FunctionConfig> => read(await get(path), 200, FunctionConfig);
