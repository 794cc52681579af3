import type { Task } from '../contract';
import type { TaskRecord } from './task';

const time = (epochMs: number): string => new Date(epochMs).toISOString();

/** A task as callers see it (docs/contracts/builds.md#resources). */
export const toTask = (task: TaskRecord): Task => ({
  task_id: task.id,
  status: task.status,
  stage: task.stage,
  result: task.result ?? null,
  error: task.error ?? null,
  error_code: task.errorCode ?? null,
  app_name: task.appName,
  target: task.target,
  workspace_id: task.workspace,
  created_at: time(task.createdAt),
  updated_at: time(task.updatedAt),
  warnings: task.warnings,
  ignored_fields: task.ignoredFields,
});
