import * as z from 'zod';
import { queryInteger } from '../platform/http/query';
import type { RouteTable } from '../platform/http/route';
import {
  BuildAndPushForm,
  BuildForm,
  BuildResponse,
  DeployRequest,
  DeployResponse,
  PushRequest,
  ScaffoldRequest,
  ScaffoldResponse,
  Task,
  TaskList,
  WorkspaceId,
} from './contract';
import { BUILD_LIMITS } from './limits';

const badJson = ['INVALID_JSON', 'VALIDATION_ERROR', 'PAYLOAD_TOO_LARGE'] as const;
const badUpload = [
  'INVALID_MULTIPART',
  'VALIDATION_ERROR',
  'UNSUPPORTED_FILE_TYPE',
  'INVALID_ARCHIVE',
  'PAYLOAD_TOO_LARGE',
] as const;
const badKey = ['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'] as const;
const queued = { status: 202, body: BuildResponse, headers: ['Idempotency-Replayed'] } as const;

/** The use case reads the form: what it may hold is said in docs/contracts/builds.md#requests. */
const form = <F extends z.ZodObject>(fields: F, example: object) =>
  ({ schema: z.instanceof(Buffer), unparsed: true, idempotent: true, form: fields, example }) as const;

/** The builds API (docs/contracts/builds.md#endpoints). */
export const buildsRoutes = {
  build: {
    method: 'POST',
    path: '/api/v1/build',
    summary: 'Build a file or an archive: multipart file, app_name?, workspace_id?, target?, type_check?',
    scope: 'write',
    body: form(BuildForm, { file: 'app.py', app_name: 'Stock Watch' }),
    success: queued,
    errors: [...badUpload, 'NOT_FOUND', ...badKey],
  },
  getTask: {
    method: 'GET',
    path: '/api/v1/tasks/{task_id}',
    summary: 'Read a task',
    scope: 'read',
    params: z.object({ task_id: z.string() }),
    query: z.object({
      workspace_id: z.string().optional().meta({ description: 'The workspace that the task is to be of.' }),
    }),
    success: { status: 200, body: Task },
    errors: ['NOT_FOUND'],
  },
  listTasks: {
    method: 'GET',
    path: '/api/v1/workspaces/{workspace_id}/tasks',
    summary: 'List the tasks of a workspace, newest first',
    scope: 'read',
    params: z.object({ workspace_id: WorkspaceId }),
    query: z.object({ limit: queryInteger(1, BUILD_LIMITS.listed.max, BUILD_LIMITS.listed.default) }),
    success: { status: 200, body: TaskList },
    errors: ['VALIDATION_ERROR', 'NOT_FOUND'],
  },
  push: {
    method: 'POST',
    path: '/api/v1/push',
    summary: 'Publish what was built of a source',
    scope: 'write',
    body: { schema: PushRequest, idempotent: true },
    success: queued,
    errors: [...badJson, 'NOT_FOUND', 'REGISTRY_NOT_ALLOWED', ...badKey],
  },
  scaffold: {
    method: 'POST',
    path: '/api/v1/scaffold',
    summary: 'Write the manifest of a SpinApp; touches nothing',
    scope: 'read',
    body: { schema: ScaffoldRequest, idempotent: true },
    success: { status: 200, body: ScaffoldResponse, headers: ['Idempotency-Replayed'] },
    errors: [...badJson, ...badKey],
  },
  deployApp: {
    method: 'POST',
    path: '/api/v1/deploy',
    summary: 'Deploy an image; answers within 25 s, and goes on if that is not enough',
    scope: 'write',
    body: { schema: DeployRequest, envelopeDepth: 2, idempotent: true },
    success: { status: 200, body: DeployResponse, headers: ['Idempotency-Replayed'] },
    errors: [
      ...badJson,
      'REGISTRY_NOT_ALLOWED',
      'IMAGE_NOT_FOUND',
      'NAMESPACE_NOT_FOUND',
      'APP_NAME_CONFLICT',
      'DEPLOY_IN_PROGRESS',
      'DEPLOY_ERROR',
      'TARGET_UNAVAILABLE',
      ...badKey,
    ],
  },
  buildAndPush: {
    method: 'POST',
    path: '/api/v1/build-and-push',
    summary: 'Build a file or an archive and publish it: multipart with the fields of build and of push',
    scope: 'write',
    body: form(BuildAndPushForm, { file: 'app.py', tag: 'v1' }),
    success: queued,
    errors: [...badUpload, 'NOT_FOUND', 'REGISTRY_NOT_ALLOWED', ...badKey],
  },
} as const satisfies RouteTable;
