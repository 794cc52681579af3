import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchGet } from '../../platform/dynamo/batch';
import { queryPages } from '../../platform/dynamo/query-pages';
import { readItem } from '../../platform/dynamo/read-item';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';
import { retryOnConflict, transact, WriteConflict, type Write } from '../../platform/dynamo/transact';
import { AppError } from '../../platform/http/errors';
import type { TaskResult } from '../contract';
import { listedKey, openKey, taskKey, tasksPartition } from '../keys';
import { BUILD_LIMITS } from '../limits';
import { TaskRecord, type TaskFailure } from './task';

const Open = z.object({ version: z.number(), open: z.record(z.string(), z.number()) });
const Listed = z.object({ taskId: z.string() });

const DAY_MS = 86_400_000;
const GOES_ON = '#status IN (:pending, :running)';
const OPEN_STATES = { ':pending': 'pending', ':running': 'running' };

/** How a task ends. */
export type Ending = { readonly result: TaskResult } | { readonly failure: TaskFailure };

/** Tasks in the entities table: the record, its place in the workspace's list, and which ones are open. */
export class TaskStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** @throws AppError `RATE_LIMITED` when the workspace has too many open tasks */
  async insert(task: TaskRecord): Promise<void> {
    await retryOnConflict(async () => {
      const item = await readItem(this.#db, this.#table, openKey(task.workspace));
      const { version, open } = item ? Open.parse(item) : { version: 0, open: {} };
      const still = Object.entries(open).filter(([, deadlineAt]) => deadlineAt > task.createdAt);
      if (still.length >= BUILD_LIMITS.tasksAtOnce) throw tooMany();
      await transact(this.#db, [
        this.#put(
          {
            ...openKey(task.workspace),
            version: version + 1,
            open: { ...Object.fromEntries(still), [task.id]: task.deadlineAt },
          },
          version === 0 ? 'attribute_not_exists(pk)' : 'version = :version',
          version === 0 ? undefined : { ':version': version },
          () => new WriteConflict('open tasks'),
        ),
        this.#put({ ...taskKey(task.id), ...task, expiresAt: expiryOf(task) }, 'attribute_not_exists(pk)'),
        this.#put(
          { ...listedKey(task.workspace, task.createdAt, task.id), taskId: task.id, expiresAt: expiryOf(task) },
          'attribute_not_exists(pk)',
        ),
      ]);
    });
  }

  #put(
    Item: Record<string, unknown>,
    ConditionExpression: string,
    values?: Record<string, unknown>,
    refused: () => Error = () => new WriteConflict('the id of a task'),
  ): Write {
    const put = { TableName: this.#table, Item, ConditionExpression };
    return { item: { Put: { ...put, ...(values && { ExpressionAttributeValues: values }) } }, refused };
  }

  #noLongerOpen(id: string, workspace: string, refused: () => Error): Write {
    const update = {
      TableName: this.#table,
      Key: openKey(workspace),
      UpdateExpression: 'SET version = version + :one REMOVE #open.#id',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#open': 'open', '#id': id },
      ExpressionAttributeValues: { ':one': 1 },
    };
    return { item: { Update: update }, refused };
  }

  async find(id: string): Promise<TaskRecord | undefined> {
    const item = await readItem(this.#db, this.#table, taskKey(id));
    return item && TaskRecord.parse(item);
  }

  /** Newest first. */
  async list(workspace: string, limit: number): Promise<TaskRecord[]> {
    const ids: string[] = [];
    const pages = queryPages(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': tasksPartition(workspace) },
      ScanIndexForward: false,
      Limit: limit,
      ConsistentRead: true,
    });
    for await (const page of pages) {
      ids.push(...page.map((item) => Listed.parse(item).taskId));
      if (ids.length >= limit) break;
    }
    const items = await batchGet(this.#db, this.#table, ids.slice(0, limit).map(taskKey));
    const byId = new Map(items.map((item) => TaskRecord.parse(item)).map((task) => [task.id, task]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /**
   * It has come to another stage, or learnt something on the way.
   * @returns false when the task is over, or gone
   */
  async advance(
    id: string,
    {
      stage,
      warnings = [],
      now,
    }: { readonly stage: TaskRecord['stage']; readonly warnings?: readonly string[]; readonly now: number },
  ): Promise<boolean> {
    const update = {
      TableName: this.#table,
      Key: taskKey(id),
      UpdateExpression:
        'SET #status = :running, stage = :stage, updatedAt = :now' +
        (warnings.length > 0 ? ', warnings = list_append(warnings, :warnings)' : ''),
      ConditionExpression: GOES_ON,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ...OPEN_STATES,
        ':stage': stage,
        ':now': now,
        ...(warnings.length > 0 && { ':warnings': warnings }),
      },
    };
    try {
      await this.#db.send(new UpdateCommand(update));
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      return storeFailed(error);
    }
  }

  /** Terminal states never change: of two endings the first one stays. */
  async end({ id, workspace }: Pick<TaskRecord, 'id' | 'workspace'>, ending: Ending, now: number): Promise<void> {
    const outcome =
      'result' in ending
        ? {
            status: 'completed',
            set: ', #result = :result',
            names: { '#result': 'result' },
            values: { ':result': ending.result },
          }
        : {
            status: 'failed',
            set: ', #error = :error, errorCode = :code',
            names: { '#error': 'error' },
            values: { ':error': ending.failure.message, ':code': ending.failure.code },
          };
    const over = new AlreadyOver();
    const writes: Write[] = [
      {
        item: {
          Update: {
            TableName: this.#table,
            Key: taskKey(id),
            UpdateExpression: `SET #status = :status, stage = :stage, updatedAt = :now${outcome.set}`,
            ConditionExpression: GOES_ON,
            ExpressionAttributeNames: { '#status': 'status', ...outcome.names },
            ExpressionAttributeValues: {
              ...OPEN_STATES,
              ':status': outcome.status,
              ':stage': 'finished',
              ':now': now,
              ...outcome.values,
            },
          },
        },
        refused: () => over,
      },
      this.#noLongerOpen(id, workspace, () => over),
    ];
    await transact(this.#db, writes).catch((error: unknown) => {
      if (error !== over) throw error;
    });
  }

  /** Takes back a task that was never begun. */
  async remove({ id, workspace, createdAt }: TaskRecord): Promise<void> {
    const gone = (Key: Record<string, string>): Write => ({
      item: { Delete: { TableName: this.#table, Key } },
      refused: () => new WriteConflict('the task'),
    });
    await transact(this.#db, [
      gone(taskKey(id)),
      gone(listedKey(workspace, createdAt, id)),
      this.#noLongerOpen(id, workspace, () => new WriteConflict('open tasks')),
    ]);
  }
}

class AlreadyOver extends Error {}

/** DynamoDB's TTL counts in epoch seconds. */
const expiryOf = ({ createdAt }: TaskRecord): number => Math.ceil((createdAt + BUILD_LIMITS.keptDays * DAY_MS) / 1000);

const tooMany = (): AppError =>
  new AppError('RATE_LIMITED', `${BUILD_LIMITS.tasksAtOnce} tasks of this workspace are going on. Try again in 5 s.`, {
    headers: { 'Retry-After': '5' },
  });
