import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ownerKey } from '../../engine';
import { OWNED_IN } from '../limits';
import { batchGet } from '../../platform/dynamo/batch';
import { functionIdPartition, functionKey } from '../../platform/dynamo/functions';
import { queryAll, type StoredItem } from '../../platform/dynamo/query-pages';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';
import { WriteConflict, transact, type Write } from '../../platform/dynamo/transact';
import { notFound, quotaExceeded } from '../errors';
import { LIMITS } from '../limits';
import { cleanUpKey, FunctionRecord, workspaceKey, WorkspaceRecord } from './records';

const QUOTAS = { codeChars: LIMITS.workspaceCodeChars, settingsBytes: LIMITS.workspaceSettingsBytes } as const;
const QUOTA_NAMES = ['codeChars', 'settingsBytes'] as const;

/** Functions in the entities table, with the counts that their workspace keeps of them. */
export class FunctionStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** Record, count and the way back from the id, all or nothing. @throws AppError `NOT_FOUND`, `QUOTA_EXCEEDED` */
  async insert(record: FunctionRecord): Promise<void> {
    const { workspace, id } = record;
    const { codeChars, settingsBytes } = record;
    await this.#changeCounts(workspace, { functionCount: 1, codeChars, settingsBytes }, [
      {
        item: { Put: { TableName: this.#table, Item: { ...functionKey(workspace, id), ...record } } },
        refused: () => new WriteConflict(),
      },
      {
        item: { Put: { TableName: this.#table, Item: { ...ownerKey(OWNED_IN, id), workspace } } },
        refused: () => new WriteConflict(),
      },
    ]);
  }

  /**
   * A function whose workspace is there too: one call for both.
   * @throws AppError `NOT_FOUND`
   */
  async get(workspace: string, id: string): Promise<FunctionRecord> {
    const items = await batchGet(this.#db, this.#table, [workspaceKey(workspace), functionKey(workspace, id)]);
    const isThere = items.some(({ pk, deletedAt }) => pk === workspaceKey('').pk && deletedAt === undefined);
    if (!isThere) throw notFound('workspace', workspace);
    const item = items.find(({ pk }) => pk !== workspaceKey('').pk);
    if (!item) throw notFound('function', id);
    return FunctionRecord.parse(item);
  }

  /** All functions of a workspace, oldest first: ids sort by creation. */
  async all(workspace: string): Promise<FunctionRecord[]> {
    return (await this.#query(workspace)).map((item) => FunctionRecord.parse(item));
  }

  /** Ids of all functions of a workspace; a fraction of what the records cost. */
  async ids(workspace: string): Promise<string[]> {
    return (await this.#query(workspace, 'sk')).map((item) => String(item['sk']));
  }

  /** Workspaces in which this id is known: of a function, or of a deploy that named it and no function. */
  async workspacesOf(id: string): Promise<string[]> {
    const items = await queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': functionIdPartition(id) },
      ConsistentRead: true,
    });
    const owner = items.filter(({ sk }) => sk === ownerKey(OWNED_IN, id).sk);
    // An app outlives its function for the moments that its removal takes; what the function had is gone at once.
    const known = owner.length > 0 ? owner : items.filter(({ ofFunction }) => ofFunction !== true);
    return known.map((item) => String(item['workspace']));
  }

  /** Writes a changed record over the one that was read. @throws WriteConflict; AppError `NOT_FOUND`, `QUOTA_EXCEEDED` */
  async replace(before: FunctionRecord, after: FunctionRecord): Promise<void> {
    const put = {
      TableName: this.#table,
      Item: { ...functionKey(after.workspace, after.id), ...after },
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':read': before.version },
    };
    const codeChars = after.codeChars - before.codeChars;
    const settingsBytes = after.settingsBytes - before.settingsBytes;
    if (codeChars !== 0 || settingsBytes !== 0) {
      await this.#changeCounts(after.workspace, { functionCount: 0, codeChars, settingsBytes }, [
        { item: { Put: put }, refused: () => new WriteConflict() },
      ]);
      return;
    }
    await this.#db.send(new PutCommand(put)).catch((error: unknown) => {
      if (isConditionFailed(error)) throw new WriteConflict();
      return storeFailed(error);
    });
  }

  /**
   * Removes a function for callers, and notes that its remains are to be removed. Its workspace may be on its way out.
   * @throws AppError `NOT_FOUND`
   */
  async delete(record: FunctionRecord, now: number): Promise<void> {
    const { workspace, id } = record;
    const TableName = this.#table;
    const task = { kind: 'function', workspace, id, createdAt: now };
    await transact(this.#db, [
      {
        item: {
          Delete: {
            TableName,
            Key: functionKey(workspace, id),
            // Its code may have changed since it was read, and with it what the workspace gets back.
            ConditionExpression: '#version = :read',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':read': record.version },
          },
        },
        refused: () => new WriteConflict(),
      },
      { item: { Delete: { TableName, Key: ownerKey(OWNED_IN, id) } }, refused: () => new WriteConflict() },
      { item: { Put: { TableName, Item: { ...cleanUpKey(id), ...task } } }, refused: () => new WriteConflict() },
      {
        item: {
          Update: {
            TableName,
            Key: workspaceKey(workspace),
            UpdateExpression: 'ADD functionCount :minusOne, codeChars :chars, settingsBytes :bytes',
            ExpressionAttributeValues: {
              ':minusOne': -1,
              ':chars': -record.codeChars,
              ':bytes': -record.settingsBytes,
            },
          },
        },
        refused: () => new WriteConflict(),
      },
    ]);
  }

  /** Writes together with what changes in the counts of the workspace, within its quotas. */
  async #changeCounts(
    workspace: string,
    change: Readonly<Pick<WorkspaceRecord, keyof typeof QUOTAS | 'functionCount'>>,
    writes: readonly Write[],
  ): Promise<void> {
    const growing = QUOTA_NAMES.filter((name) => change[name] > 0);
    const fits = growing.map((name) => ` AND (attribute_not_exists(${name}) OR ${name} <= :most${name})`);
    const count = {
      TableName: this.#table,
      Key: workspaceKey(workspace),
      UpdateExpression: 'ADD functionCount :functionCount, codeChars :codeChars, settingsBytes :settingsBytes',
      ConditionExpression: `attribute_exists(pk) AND attribute_not_exists(deletedAt)${fits.join('')}`,
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(change).map(([name, by]) => [`:${name}`, by])),
        ...Object.fromEntries(growing.map((name) => [`:most${name}`, QUOTAS[name] - change[name]])),
      },
    };
    await transact(this.#db, [...writes, { item: { Update: count }, refused: () => new CountRefused() }]).catch(
      async (error: unknown) => {
        if (!(error instanceof CountRefused)) throw error;
        const [item] = await batchGet(this.#db, this.#table, [workspaceKey(workspace)]);
        const found = item && WorkspaceRecord.parse(item);
        if (!found || found.deletedAt !== undefined) throw notFound('workspace', workspace);
        throw quotaExceeded(found.codeChars + change.codeChars > QUOTAS.codeChars ? 'code' : 'settings');
      },
    );
  }

  #query(workspace: string, projection?: string): Promise<StoredItem[]> {
    return queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': functionKey(workspace, '').pk },
      ConsistentRead: true,
      ...(projection !== undefined && { ProjectionExpression: projection }),
    });
  }
}

/** The workspace is not there, or has no room: a look tells which. */
class CountRefused extends Error {
  override readonly name = 'CountRefused';
}
