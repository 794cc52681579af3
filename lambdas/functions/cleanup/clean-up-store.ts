import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { chunkPartition, runCountsPartition, runKey } from '../../engine';
import { batchDelete } from '../../platform/dynamo/batch';
import { APPS_OF_FUNCTION, functionIdPartition } from '../../platform/dynamo/functions';
import { queryAll, type StoredItem } from '../../platform/dynamo/query-pages';
import { storeFailed } from '../../platform/dynamo/store-errors';
import { cleanUpKey, CleanUpTask, DeployedApp } from '../registry/records';

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
  async deleteRun(workspace: string, runId: string): Promise<void> {
    await this.#deleteAll(chunkPartition(workspace, runId));
    // Last: as long as it stands in the index, what is left of it is found again.
    await this.#db.send(new DeleteCommand({ TableName: this.#runs, Key: runKey(workspace, runId) })).catch(storeFailed);
  }

  async deleteCounters(workspace: string, functionId: string): Promise<void> {
    await this.#deleteAll(runCountsPartition(workspace, functionId));
  }

  /** Apps that were deployed of a function and are still there; what removes them takes them out of this. */
  async apps(functionId: string): Promise<DeployedApp[]> {
    const items = await this.#query(this.#entities, functionIdPartition(functionId));
    return items.filter(({ sk }) => String(sk).startsWith(APPS_OF_FUNCTION)).map((item) => DeployedApp.parse(item));
  }

  async #deleteAll(pk: string): Promise<void> {
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
