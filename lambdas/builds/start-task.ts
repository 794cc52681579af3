import { randomInt } from 'node:crypto';
import { maySee, type Principal } from '../platform/auth/principal';
import { AppError, invalid } from '../platform/http/errors';
import type { BuildResponse, PushRequest } from './contract';
import type { SourceFiles } from './request/archive';
import { isCredential } from './request/credentials';
import type { RegistryPlace } from './request/registries';
import type { Ports } from './ports';
import { TASK_ORDER_VERSION, type TaskOrder } from './build/task-order';
import type { StartExecution } from '../platform/pipeline/start-execution';
import { newTask, type NewTask, type PushOrder } from './task/task';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_CHARS = 14;

/** 83 random bits: ids of tasks are of no workspace, and cannot be guessed. */
export const newTaskId = (): string =>
  Array.from({ length: ID_CHARS }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');

/** The workspace that a request names, or that of its credential. @throws AppError `NOT_FOUND` */
export function workspaceOf(principal: Principal, named: string | null | undefined): string {
  const workspace = named ?? principal.workspace;
  if (!maySee(principal, workspace)) throw new AppError('NOT_FOUND', `There is no workspace '${workspace}'.`);
  return workspace;
}

type PushFields = Pick<PushRequest, 'username' | 'password' | 'tag' | 'app_dir'>;

/** What a push is to do, who for, and what of the request has no effect. */
export interface PlannedPush {
  readonly order: PushOrder;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly ignoredFields: readonly string[];
  readonly warnings: readonly string[];
}

/** docs/contracts/builds.md#credentials */
export function planPush(place: RegistryPlace, { username, password, tag, app_dir }: PushFields): PlannedPush {
  const isUsed = !place.ownEcr && isCredential(password);
  const unused = place.ownEcr && isCredential(password);
  return {
    order: { ...place, tag, hasCredentials: isUsed },
    credentials: isUsed ? { username: username ?? 'AWS', password } : undefined,
    ignoredFields: [...(unused ? ['password'] : []), ...(app_dir === undefined || app_dir === null ? [] : ['app_dir'])],
    warnings: unused ? ["password: the platform's own role is used for this registry"] : [],
  };
}

/** One execution per task, named after it: a repeated start finds the first. It carries the id, and no more. */
export const taskStarter =
  (start: StartExecution): Ports['start'] =>
  (taskId) => {
    const order: TaskOrder = { version: TASK_ORDER_VERSION, task: taskId };
    return start(`task-${taskId}`, order);
  };

interface Submitted {
  readonly task: NewTask;
  readonly files?: SourceFiles;
  readonly credentials?: PlannedPush['credentials'];
  readonly message: string;
}

/**
 * Keeps what was sent and has the work begun. What cannot be begun leaves nothing behind.
 * @throws AppError `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
 */
export async function submit({ task, files, credentials, message }: Submitted, ports: Ports): Promise<BuildResponse> {
  const record = newTask(task, ports.clock.now());
  const { tasks, store } = ports;
  // First the task, of which there may be too many: then nothing else has been written.
  await tasks.insert(record);
  try {
    if (credentials) await ports.credentials.put(record.id, credentials, record.deadlineAt);
    if (files) await store.putSource(record, files);
    await ports.start(record.id);
  } catch (cause) {
    await Promise.allSettled([
      ...(files ? [store.deleteSource(record)] : []),
      ...(credentials ? [ports.credentials.delete(record.id)] : []),
    ]);
    await tasks.remove(record);
    if (cause instanceof AppError) throw cause;
    const text = 'There is no capacity to build at the moment. Try again shortly.';
    throw new AppError('SERVICE_UNAVAILABLE', text, { cause });
  }
  return {
    task_id: record.id,
    status: 'pending',
    message,
    source_s3_path: files ? store.sourcePath(record) : null,
    target: record.target,
    ignored_fields: record.ignoredFields,
    warnings: record.warnings,
  };
}

/** Bucket, prefix and workspace of a source, or of a file below it. @throws AppError `VALIDATION_ERROR` */
export function taskIdIn(path: string, workspace: string, bucket: string): string {
  const prefix = `s3://${bucket}/build-sources/${workspace}/`;
  const [id = '', ...below] = path.startsWith(prefix) ? path.slice(prefix.length).split('/') : [];
  if (!/^[A-Za-z0-9]{1,64}$/.test(id) || below.some((part) => part === '..' || part === '.'))
    throw invalid('s3_source_path', 's3_source_path must be the source_s3_path of a build of this workspace.');
  return id;
}
