import { PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { setFields } from '../../platform/dynamo/set-fields';
import { batchGet } from '../../platform/dynamo/batch';
import { queryAll } from '../../platform/dynamo/query-pages';
import { readItem } from '../../platform/dynamo/read-item';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';
import { transact } from '../../platform/dynamo/transact';
import { notFound } from '../errors';
import { cleanUpKey, workspaceKey, WorkspaceRecord } from '../registry/records';

export const newWorkspace = (id: string, name: string, description: string, createdAt: number): WorkspaceRecord => ({
  id,
  name,
  description,
  createdAt,
  functionCount: 0,
  codeChars: 0,
  settingsBytes: 0,
});

const IS_THERE = 'attribute_exists(pk) AND attribute_not_exists(deletedAt)';

/** Workspaces in the entities table. What is being deleted is not there any more, for every method. */
export class WorkspaceStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  async insert(workspace: WorkspaceRecord): Promise<void> {
    await this.#db
      .send(new PutCommand({ TableName: this.#table, Item: { ...workspaceKey(workspace.id), ...workspace } }))
      .catch(storeFailed);
  }

  /** Makes a workspace that somebody is entitled to, unless it is there or was deleted. */
  async ensure(id: string, name: string, now: number): Promise<void> {
    const record = newWorkspace(id, name, '', now);
    await this.#db
      .send(
        new PutCommand({
          TableName: this.#table,
          Item: { ...workspaceKey(id), ...record },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      )
      .catch((error: unknown) => (isConditionFailed(error) ? undefined : storeFailed(error)));
  }

  async get(id: string): Promise<WorkspaceRecord | undefined> {
    const item = await readItem(this.#db, this.#table, workspaceKey(id));
    return item && present(item);
  }

  /** All workspaces, oldest first: ids sort by creation. */
  async all(): Promise<WorkspaceRecord[]> {
    const items = await queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': workspaceKey('').pk },
      ConsistentRead: true,
    });
    return items.flatMap((item) => present(item) ?? []);
  }

  /** Those of the given ids that exist, oldest first. */
  async some(ids: readonly string[]): Promise<WorkspaceRecord[]> {
    const items = await batchGet(this.#db, this.#table, [...new Set(ids)].map(workspaceKey));
    return items.flatMap((item) => present(item) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** @throws AppError `NOT_FOUND` */
  async rename(
    id: string,
    change: { readonly name?: string; readonly description?: string },
  ): Promise<WorkspaceRecord> {
    try {
      const { Attributes } = await this.#db.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: workspaceKey(id),
          ...setFields(change),
          ConditionExpression: IS_THERE,
          ReturnValues: 'ALL_NEW',
        }),
      );
      return WorkspaceRecord.parse(Attributes);
    } catch (error) {
      if (isConditionFailed(error)) throw notFound('workspace', id);
      return storeFailed(error);
    }
  }

  /**
   * Marks a workspace as deleted, which hides it and all in it at once, and notes that its remains are to be removed.
   * @throws AppError `NOT_FOUND`
   */
  async markDeleted(id: string, now: number): Promise<void> {
    const task = { kind: 'workspace', workspace: id, id, createdAt: now };
    await transact(this.#db, [
      {
        item: {
          Update: {
            TableName: this.#table,
            Key: workspaceKey(id),
            UpdateExpression: 'SET deletedAt = :now',
            ConditionExpression: IS_THERE,
            ExpressionAttributeValues: { ':now': now },
          },
        },
        refused: () => notFound('workspace', id),
      },
      {
        item: { Put: { TableName: this.#table, Item: { ...cleanUpKey(id), ...task } } },
        refused: () => notFound('workspace', id),
      },
    ]);
  }
}

function present(item: unknown): WorkspaceRecord | undefined {
  const record = WorkspaceRecord.parse(item);
  return record.deletedAt === undefined ? record : undefined;
}
