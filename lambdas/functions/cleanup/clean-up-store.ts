import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { chunkPartition, meterPartition, runKey } from '../../engine';
import { batchDelete } from '../../platform/dynamo/batch';
import { queryAll, type StoredItem } from '../../platform/dynamo/query-pages';
import { storeFailed } from '../../platform/dynamo/store-errors';
import { cleanUpKey, CleanUpTask } from '../registry/records';

type Key = { readonly pk: string; readonly sk: string };

/** What deleted functions leave in the tables. Doing anything here again does no harm. */
export class CleanUpStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #entities: string;
  readonly #runs: string;

  constructor(db: DynamoDBDocumentClient, tables: { readonly entities: string; readonly runs: string }) {
    this.#db = db;
    this.#entities = tables.entities;
    this.#runs = tables.runs;
  }

  async tasks(): Promise<CleanUpTask[]> {
    return (await this.#query(this.#entities, cleanUpKey('').pk)).map((item) => CleanUpTask.parse(item));
  }

  async done(id: string): Promise<void> {
    await this.#db.send(new DeleteCommand({ TableName: this.#entities, Key: cleanUpKey(id) })).catch(storeFailed);
  }

  /** A run with its events. */
  async removeRun(workspace: string, runId: string): Promise<void> {
    await this.#removeAll(chunkPartition(workspace, runId));
    // Last: as long as it stands in the index, what is left of it is found again.
    await this.#db.send(new DeleteCommand({ TableName: this.#runs, Key: runKey(workspace, runId) })).catch(storeFailed);
  }

  async removeCounters(workspace: string, functionId: string): Promise<void> {
    await this.#removeAll(meterPartition(workspace, functionId));
  }

  async #removeAll(pk: string): Promise<void> {
    const keys = (await this.#query(this.#runs, pk)).map((item): Key => ({ pk, sk: String(item['sk']) }));
    await batchDelete(this.#db, this.#runs, keys);
  }

  #query(table: string, pk: string): Promise<StoredItem[]> {
    return queryAll(this.#db, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    });
  }
}
