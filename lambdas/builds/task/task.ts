import * as z from 'zod';
import { TARGETS, type Artifact } from '../artifact';
import { TASK_ERRORS, TaskResult, type TaskErrorCode } from '../contract';
import { TASK_DEADLINE_MS } from '../limits';

/** What a push is to do, as decided when it was asked for; credentials are kept apart (request/credentials.ts). */
const PushOrder = z.object({
  /** Where it is really pushed. */
  host: z.string(),
  repository: z.string(),
  /** null: it is chosen when the content is known. */
  tag: z.string().nullable(),
  /** The registry is this account's own, which the role speaks to. */
  ownEcr: z.boolean(),
  hasCredentials: z.boolean(),
});
export type PushOrder = z.output<typeof PushOrder>;

/** What was uploaded: digest of the files, and the module where it was one. */
const Upload = z.object({ sha256: z.string(), module: z.string().optional() });
export type Upload = z.output<typeof Upload>;

const BuiltArtifact = TaskResult.shape.artifact;

export const TaskRecord = z.object({
  id: z.string(),
  workspace: z.string(),
  kind: z.enum(['build', 'push', 'build-and-push']),
  appName: z.string(),
  target: z.enum(TARGETS),
  typeCheck: z.enum(['warn', 'strict', 'off']),
  status: z.enum(['pending', 'running', 'completed', 'failed']),
  stage: z.enum(['queued', 'checking', 'building', 'pushing', 'finished']),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Epoch ms by which it is at its end. */
  deadlineAt: z.number(),
  warnings: z.array(z.string()),
  ignoredFields: z.array(z.string()),
  /** Of a build. */
  upload: Upload.optional(),
  /** Of what publishes. */
  push: PushOrder.optional(),
  /** Of what is published besides: the artifact, from when it is there. */
  built: BuiltArtifact.optional(),
  /** The build whose artifact a push publishes. */
  builtBy: z.string().optional(),
  result: TaskResult.optional(),
  error: z.string().optional(),
  errorCode: z.enum(TASK_ERRORS).optional(),
});
export type TaskRecord = z.output<typeof TaskRecord>;

export type NewTask = Pick<
  TaskRecord,
  'id' | 'workspace' | 'kind' | 'appName' | 'target' | 'typeCheck' | 'warnings' | 'ignoredFields'
> &
  Partial<Pick<TaskRecord, 'upload' | 'push' | 'builtBy'>>;

export const newTask = (task: NewTask, now: number): TaskRecord => ({
  ...task,
  status: 'pending',
  stage: 'queued',
  createdAt: now,
  updatedAt: now,
  deadlineAt: now + TASK_DEADLINE_MS,
});

/** What the task has built. */
export const artifactOf = ({ kind, result, built }: TaskRecord): Artifact | undefined =>
  kind === 'push' ? undefined : (result?.artifact ?? built);

export const isOver = ({ status }: TaskRecord): boolean => status === 'completed' || status === 'failed';

/** What is wrong with a task that has failed. */
export interface TaskFailure {
  readonly code: TaskErrorCode;
  readonly message: string;
}

/** How a task ends. */
export type Ending = { readonly result: TaskResult } | { readonly failure: TaskFailure };

/** Of a task that nobody has brought to its end in time. */
export const TIMED_OUT: TaskFailure = {
  code: 'BUILD_TIMEOUT',
  message: 'The task did not end within 9 minutes and 30 seconds.',
};
