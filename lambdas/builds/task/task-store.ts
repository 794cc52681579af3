import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Log, LogStore, NewEvent } from '../../engine';
import { batchGet } from '../../platform/dynamo/batch';
import { queryPages } from '../../platform/dynamo/query-pages';
import { readItem } from '../../platform/dynamo/read-item';
import { retryOnConflict, transact, WriteConflict, type Write } from '../../platform/dynamo/transact';
import { ttl } from '../../platform/dynamo/ttl';
import { AppError } from '../../platform/http/errors';
import type { Artifact } from '../artifact';
import { credentialsKey, listedKey, openKey, taskKey, tasksPartition } from '../keys';
import { BUILD_LIMITS } from '../limits';
import type { ReportTask } from './report-task';
import { isOver, TaskRecord, TIMED_OUT, type Ending } from './task';
import { endingEvents, lineEvents, movedTo, newTaskLog, TASK_LOG } from './task-events';

const Open = z.object({ version: z.number(), open: z.record(z.string(), z.number()) });
const Listed = z.object({ taskId: z.string() });

const DAY_MS = 86_400_000;
const GOES_ON = '#status IN (:pending, :running)';
const APPEND_WARNINGS = ', warnings = list_append(warnings, :warnings)';
const OPEN_STATES = { ':pending': 'pending', ':running': 'running' };

/** What a step of a task changes. */
export interface Advance {
  readonly stage: TaskRecord['stage'];
  readonly warnings?: readonly string[];
  /** For followers: what came of the step before. */
  readonly lines?: readonly string[];
  /** What it has built, and is going to publish. */
  readonly built?: Artifact;
  readonly now: number;
}

/**
 * Tasks in the entities table: the record, its place in the workspace's list, and which ones are open. What a task comes to
 * and the event that says so are one transaction: whoever follows it sees what whoever asks for it sees.
 */
export class TaskStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #logs: LogStore;
  readonly #report: ReportTask;

  /** @param report told of each task that this store ends */
  constructor(db: DynamoDBDocumentClient, table: string, logs: LogStore, report: ReportTask = () => undefined) {
    this.#db = db;
    this.#table = table;
    this.#logs = logs;
    this.#report = report;
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
        newTaskLog(task, this.#logs, keptUntil(task)),
      ]);
    }).catch((error: unknown) => {
      throw error instanceof AppError && error.cause instanceof WriteConflict ? tooManyAtOnce(error) : error;
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

  #delete(Key: Record<string, string>, what: string): Write {
    return { item: { Delete: { TableName: this.#table, Key } }, refused: () => new WriteConflict(what) };
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
  async advance(id: string, step: Advance): Promise<boolean> {
    const { stage, warnings = [], lines = [], built, now } = step;
    return retryOnConflict(async () => {
      const [task, log] = await Promise.all([this.find(id), this.#log(id, now)]);
      if (!task || isOver(task)) return false;
      const isNews = task.status !== 'running' || task.stage !== stage;
      const events = log ? [...lineEvents(lines, log), ...(isNews ? [movedTo(stage)] : [])] : [];
      const changed = this.#changed(
        id,
        `stage = :stage${warnings.length > 0 ? APPEND_WARNINGS : ''}${built ? ', built = :built' : ''}`,
        {
          ':to': 'running',
          ':stage': stage,
          ':now': now,
          ...(warnings.length > 0 && { ':warnings': warnings }),
          ...(built && { ':built': built }),
        },
      );
      await transact(this.#db, [changed, ...this.#logged(log, events, now)]);
      return true;
    });
  }

  /** Adds lines to what followers see. @returns false when the task is over, or gone */
  async log(id: string, lines: readonly string[], now: number): Promise<boolean> {
    return this.#logs.append(TASK_LOG, id, now, (log) => lineEvents(lines, log));
  }

  /** Terminal states never change: of two endings the first one stays. Credentials of a push go with it. */
  async end(
    { id, workspace }: Pick<TaskRecord, 'id' | 'workspace'>,
    wanted: Ending,
    now: number,
    lines: readonly string[] = [],
  ): Promise<void> {
    await retryOnConflict(async () => {
      const [task, log] = await Promise.all([this.find(id), this.#log(id, now)]);
      if (!task || isOver(task)) return;
      // Followers may have been told already that its time was over.
      const ending = log?.over ? { failure: TIMED_OUT } : wanted;
      const changed =
        'result' in ending
          ? this.#changed(id, 'stage = :stage, #result = :result', {
              ...ended('completed', now),
              ':result': ending.result,
            })
          : this.#changed(id, 'stage = :stage, #error = :error, errorCode = :code', {
              ...ended('failed', now),
              ':error': ending.failure.message,
              ':code': ending.failure.code,
            });
      await transact(this.#db, [
        changed,
        this.#noLongerOpen(id, workspace, () => new WriteConflict('open tasks')),
        ...(task.push?.hasCredentials ? [this.#delete(credentialsKey(id), 'credentials')] : []),
        ...this.#logged(log, [...(log ? lineEvents(lines, log) : []), ...endingEvents(ending)], now, true),
      ]);
      this.#report(task, ending, now);
    });
  }

  #log(id: string, now: number): Promise<Log | undefined> {
    return this.#logs.find(TASK_LOG, id, now);
  }

  #logged(log: Log | undefined, events: readonly NewEvent[], now: number, end = false): readonly Write[] {
    return !log || log.over || events.length === 0 ? [] : this.#logs.added(log, events, now, { end });
  }

  /** A change of a task that is not over. */
  #changed(id: string, sets: string, values: Record<string, unknown>): Write {
    const names = { '#status': 'status', '#result': 'result', '#error': 'error' };
    const update = {
      TableName: this.#table,
      Key: taskKey(id),
      UpdateExpression: `SET #status = :to, updatedAt = :now, ${sets}`,
      ConditionExpression: GOES_ON,
      ExpressionAttributeNames: Object.fromEntries(
        Object.entries(names).filter(([name]) => name === '#status' || sets.includes(name)),
      ),
      ExpressionAttributeValues: { ...OPEN_STATES, ...values },
    };
    return { item: { Update: update }, refused: () => new WriteConflict('the task') };
  }

  /** Takes back a task that was never begun. */
  async remove({ id, workspace, createdAt }: TaskRecord): Promise<void> {
    await transact(this.#db, [
      this.#delete(taskKey(id), 'the task'),
      this.#delete(listedKey(workspace, createdAt, id), 'the task'),
      this.#logs.removed({ kind: TASK_LOG, id }),
      this.#noLongerOpen(id, workspace, () => new WriteConflict('open tasks')),
    ]);
  }
}

const ended = (status: TaskRecord['status'], now: number) => ({ ':to': status, ':stage': 'finished', ':now': now });

const keptUntil = ({ createdAt }: TaskRecord): number => createdAt + BUILD_LIMITS.keptDays * DAY_MS;
const expiryOf = (task: TaskRecord): number => ttl(keptUntil(task));

/** More than can be counted, one after the other. */
const tooManyAtOnce = (cause: Error): AppError =>
  new AppError('RATE_LIMITED', 'Too many tasks of this workspace are begun at the same time. Try again in 1 s.', {
    headers: { 'Retry-After': '1' },
    cause,
  });

const tooMany = (): AppError =>
  new AppError('RATE_LIMITED', `${BUILD_LIMITS.tasksAtOnce} tasks of this workspace are going on. Try again in 5 s.`, {
    headers: { 'Retry-After': '5' },
  });
