import * as z from 'zod';
import { queryInteger } from '../platform/http/query';
import type { RouteTable } from '../platform/http/route';
import {
  ExecutionLog,
  FunctionChange,
  FunctionConfig,
  FunctionInput,
  LogsResponse,
  Workspace,
  WorkspaceChange,
  WorkspaceInput,
} from './contract';
import { LIMITS } from './limits';
import { LokiLogsResponse, PrometheusMetricsResponse } from './observability/live-contract';

const inWorkspace = z.object({ workspaceId: z.string() });
const ofFunction = z.object({ workspaceId: z.string(), functionId: z.string() });
const byFunction = z.object({ functionId: z.string() });
const limit = ({ max, default: fallback }: { max: number; default: number }) =>
  z.object({ limit: queryInteger(1, max, fallback) });

const badBody = ['INVALID_JSON', 'VALIDATION_ERROR', 'PAYLOAD_TOO_LARGE'] as const;
const idempotent = ['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'] as const;
const CODE = Buffer.from('def handler(event, context):\n    return {"accepted": event["body"]}\n').toString('base64');

/** The functions API (docs/contracts/functions.md#endpoints); `/health` is the site's. */
export const functionsRoutes = {
  createWorkspace: {
    method: 'POST',
    path: '/api/workspaces',
    summary: 'Create a workspace',
    scope: 'admin',
    body: {
      schema: WorkspaceInput,
      idempotent: true,
      example: { name: 'Orders', description: 'Everything about orders' },
    },
    success: { status: 201, body: Workspace, headers: ['Idempotency-Replayed'] },
    errors: [...badBody, ...idempotent, 'CREATE_ERROR'],
  },
  listWorkspaces: {
    method: 'GET',
    path: '/api/workspaces',
    summary: 'List the workspaces: the default one, then oldest first',
    scope: 'read',
    success: { status: 200, body: z.array(Workspace) },
    errors: ['LIST_ERROR'],
  },
  getWorkspace: {
    method: 'GET',
    path: '/api/workspaces/{workspaceId}',
    summary: 'Read a workspace',
    scope: 'read',
    params: inWorkspace,
    success: { status: 200, body: Workspace },
    errors: ['NOT_FOUND'],
  },
  updateWorkspace: {
    method: 'PATCH',
    path: '/api/workspaces/{workspaceId}',
    summary: 'Change name or description of a workspace',
    scope: 'write',
    params: inWorkspace,
    body: { schema: WorkspaceChange, example: { name: 'Orders and returns' } },
    success: { status: 200, body: Workspace },
    errors: [...badBody, 'NOT_FOUND'],
  },
  deleteWorkspace: {
    method: 'DELETE',
    path: '/api/workspaces/{workspaceId}',
    summary: 'Delete a workspace with all its functions',
    scope: 'write',
    params: inWorkspace,
    success: { status: 204 },
    errors: ['NOT_FOUND', 'WORKSPACE_PROTECTED'],
  },
  createFunction: {
    method: 'POST',
    path: '/api/workspaces/{workspaceId}/functions',
    summary: 'Create a function, which can be invoked at once',
    scope: 'write',
    params: inWorkspace,
    body: {
      schema: FunctionInput,
      idempotent: true,
      example: { name: 'order-intake', memory: 512, timeout: 10, httpMethods: ['POST'], code: CODE },
    },
    success: { status: 201, body: FunctionConfig, headers: ['Idempotency-Replayed'] },
    errors: [...badBody, 'UNSUPPORTED_RUNTIME', 'NOT_FOUND', 'QUOTA_EXCEEDED', ...idempotent, 'CREATE_ERROR'],
  },
  listFunctions: {
    method: 'GET',
    path: '/api/workspaces/{workspaceId}/functions',
    summary: 'List the functions of a workspace with their code, oldest first',
    scope: 'read',
    params: inWorkspace,
    success: { status: 200, body: z.array(FunctionConfig) },
    errors: ['NOT_FOUND', 'LIST_ERROR'],
  },
  getFunction: {
    method: 'GET',
    path: '/api/workspaces/{workspaceId}/functions/{functionId}',
    summary: 'Read a function',
    scope: 'read',
    params: ofFunction,
    success: { status: 200, body: FunctionConfig },
    errors: ['NOT_FOUND'],
  },
  updateFunction: {
    method: 'PATCH',
    path: '/api/workspaces/{workspaceId}/functions/{functionId}',
    summary: 'Change settings or code of a function',
    scope: 'write',
    params: ofFunction,
    body: { schema: FunctionChange, example: { timeout: 20, status: 'disabled' } },
    success: { status: 200, body: FunctionConfig },
    errors: [...badBody, 'UNSUPPORTED_RUNTIME', 'NOT_FOUND', 'QUOTA_EXCEEDED'],
  },
  deleteFunction: {
    method: 'DELETE',
    path: '/api/workspaces/{workspaceId}/functions/{functionId}',
    summary: 'Delete a function with its code, logs and counters',
    scope: 'write',
    params: ofFunction,
    success: { status: 204 },
    errors: ['NOT_FOUND'],
  },
  invokeFunction: {
    method: 'POST',
    path: '/api/workspaces/{workspaceId}/functions/{functionId}/invoke',
    summary: 'Run a function and wait for what it answers, 28 seconds at most',
    scope: 'run',
    params: ofFunction,
    query: z.object({
      raw: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: '`true`: the function’s own status, content type and body, without the log around it.' }),
    }),
    // The body is judged after the function: unknown and disabled come first
    // (docs/contracts/functions.md#checks-in-order).
    body: {
      schema: z.instanceof(Buffer),
      unparsed: true,
      required: false,
      idempotent: true,
      example: { id: 'A-31' },
    },
    success: { status: 200, body: ExecutionLog, orBytes: true, headers: ['X-Log-Id', 'Idempotency-Replayed'] },
    errors: [
      ...badBody,
      'URL_NOT_ALLOWED',
      'NOT_FOUND',
      'FUNCTION_DISABLED',
      ...idempotent,
      'EXECUTION_ERROR',
      'INVOCATION_ERROR',
      'TIMEOUT',
      'STILL_RUNNING',
    ],
  },
  workspaceLogs: {
    method: 'GET',
    path: '/api/workspaces/{workspaceId}/logs',
    summary: 'Read the newest logs over all functions of a workspace',
    scope: 'read',
    params: inWorkspace,
    query: limit(LIMITS.workspaceLogs),
    success: { status: 200, body: LogsResponse },
    errors: ['VALIDATION_ERROR', 'NOT_FOUND', 'LIST_ERROR'],
  },
  functionLogs: {
    method: 'GET',
    path: '/api/workspaces/{workspaceId}/functions/{functionId}/logs',
    summary: 'Read the newest logs of a function',
    scope: 'read',
    params: ofFunction,
    query: limit(LIMITS.functionLogs),
    success: { status: 200, body: LogsResponse },
    errors: ['VALIDATION_ERROR', 'NOT_FOUND', 'LIST_ERROR'],
  },
  lokiLogs: {
    method: 'GET',
    path: '/api/functions/{functionId}/loki-logs',
    summary: 'Read the newest lines that a function printed',
    scope: 'read',
    params: byFunction,
    query: limit(LIMITS.liveLogs),
    success: { status: 200, body: LokiLogsResponse },
    errors: ['VALIDATION_ERROR', 'NOT_FOUND', 'LOKI_ERROR', 'LOKI_CONNECTION_ERROR'],
  },
  functionMetrics: {
    method: 'GET',
    path: '/api/functions/{functionId}/metrics',
    summary: 'Read the CPU use of a function in the last hour',
    scope: 'read',
    params: byFunction,
    success: { status: 200, body: PrometheusMetricsResponse },
    errors: ['VALIDATION_ERROR', 'NOT_FOUND', 'PROMETHEUS_ERROR', 'PROMETHEUS_CONNECTION_ERROR'],
  },
} as const satisfies RouteTable;
