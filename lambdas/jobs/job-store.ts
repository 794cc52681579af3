import { TransactWriteCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { CompanionWrites, Run } from '../engine';
import { batchGet } from '../platform/dynamo/batch';
import { readPage } from '../platform/dynamo/read-page';
import { readItem } from '../platform/dynamo/read-item';
import { isConditionFailed, storeFailed } from '../platform/dynamo/store-errors';
import { ttl } from '../platform/dynamo/ttl';
import { JobRecord } from './job';
import { allJobs, earlierRunKey, idOfListSort, jobKey, jobsOfProject, listSort } from './job-keys';

const NOT_THERE = 'attribute_not_exists(pk)';
/** The job stands as its reader knows it: no other run was started, and nobody cancelled it. */
const SAME_RUN = '#run = :held AND attribute_not_exists(cancelledAt)';
const NEVER_RAN = '#run = :zero AND attribute_not_exists(cancelledAt)';

const Entry = z.object({ sk: z.string() });
const EarlierRun = z.object({ runId: z.string() });

export interface JobPage {
  readonly ids: readonly string[];
  /** Sort key to go on from, or undefined at the end. */
  readonly next: string | undefined;
}

/** Jobs in the entities table. */
export class JobStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  async insert(job: JobRecord): Promise<void> {
    const expiresAt = ttl(job.keptUntil);
    const put = (Item: Record<string, unknown>) => ({
      Put: { TableName: this.#table, Item: { ...Item, expiresAt }, ConditionExpression: NOT_THERE },
    });
    const entry = (pk: string) => put({ pk, sk: listSort(job) });
    await this.#db
      .send(
        new TransactWriteCommand({
          TransactItems: [
            put({ ...jobKey(job.workspace, job.id), ...job }),
            entry(allJobs(job.workspace)),
            entry(jobsOfProject(job.workspace, job.projectId)),
          ],
        }),
      )
      .catch(storeFailed);
  }

  async get(workspace: string, id: string, now: number): Promise<JobRecord | undefined> {
    const item = await readItem(this.#db, this.#table, jobKey(workspace, id));
    return item && kept(JobRecord.parse(item), now);
  }

  /** Jobs of these ids, in their order. */
  async getMany(workspace: string, ids: readonly string[], now: number): Promise<JobRecord[]> {
    const found = new Map<string, JobRecord>();
    const keys = ids.map((id) => jobKey(workspace, id));
    for (const item of await batchGet(this.#db, this.#table, keys)) {
      const job = kept(JobRecord.parse(item), now);
      if (job) found.set(job.id, job);
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** One page of a list, newest first. @param after sort key of the last entry of the page before */
  async page(partition: string, limit: number, after: string | undefined): Promise<JobPage> {
    const page = await readPage(
      this.#db,
      {
        table: this.#table,
        partition,
        after: after === undefined ? undefined : { pk: partition, sk: after },
        limit,
        descending: true,
      },
      (item) => Entry.parse(item).sk,
    );
    return { ids: page.items.map(idOfListSort), next: page.more ? page.items.at(-1) : undefined };
  }

  /** @returns false when the job has run, or was cancelled, in the meantime */
  async cancelUnstarted(job: JobRecord, now: number): Promise<boolean> {
    try {
      await this.#db.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: jobKey(job.workspace, job.id),
          UpdateExpression: 'SET cancelledAt = :now',
          ConditionExpression: NEVER_RAN,
          ExpressionAttributeNames: { '#run': 'run' },
          ExpressionAttributeValues: { ':zero': 0, ':now': now },
        }),
      );
      return true;
    } catch (error) {
      // A transaction that starts a run may hold the item: what it did is seen at the next look.
      if (isConditionFailed(error) || isConflict(error)) return false;
      return storeFailed(error);
    }
  }

  /** What is written together with a run that is to become the newest of a job (`RunStore.create`). */
  nextRun(job: JobRecord, run: Run): CompanionWrites {
    const { workspace, id, runId } = job;
    return {
      update: {
        TableName: this.#table,
        Key: jobKey(workspace, id),
        UpdateExpression: 'SET #run = :next, runId = :runId, timeoutMs = :timeoutMs',
        ConditionExpression: SAME_RUN,
        ExpressionAttributeNames: { '#run': 'run' },
        ExpressionAttributeValues: {
          ':held': job.run,
          ':next': job.run + 1,
          ':runId': run.id,
          ':timeoutMs': run.timeoutMs,
        },
      },
      // The run that is no longer the newest is noted, so that its log can still be found.
      others:
        runId === undefined
          ? []
          : [
              {
                Put: {
                  TableName: this.#table,
                  Item: { ...earlierRunKey(workspace, id, job.run), runId, expiresAt: ttl(job.keptUntil) },
                },
              },
            ],
    };
  }

  /** The engine's id of a run of a job. */
  async runIdOf(job: JobRecord, run: number): Promise<string | undefined> {
    if (run === job.run) return job.runId;
    const item = await readItem(this.#db, this.#table, earlierRunKey(job.workspace, job.id, run), false);
    return item && EarlierRun.parse(item).runId;
  }

  /** Keeps a job and its places in the lists for longer. */
  async keepUntil(job: JobRecord, until: number): Promise<JobRecord> {
    const { workspace, id } = job;
    const renew = (Key: Record<string, string>) => ({
      Update: {
        TableName: this.#table,
        Key,
        UpdateExpression: 'SET expiresAt = :ttl, keptUntil = :until',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':ttl': ttl(until), ':until': until },
      },
    });
    const sk = listSort(job);
    await this.#db
      .send(
        new TransactWriteCommand({
          TransactItems: [
            renew(jobKey(workspace, id)),
            renew({ pk: allJobs(workspace), sk }),
            renew({ pk: jobsOfProject(workspace, job.projectId), sk }),
          ],
        }),
      )
      .catch(storeFailed);
    return { ...job, keptUntil: until };
  }
}

/** DynamoDB deletes up to days late: what has outlived its time is gone for callers at once. */
const kept = (job: JobRecord, now: number): JobRecord | undefined => (job.keptUntil > now ? job : undefined);

const isConflict = (error: unknown): boolean => error instanceof Error && error.name === 'TransactionConflictException';
