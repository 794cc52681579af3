import {
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  DeleteCommand,
  QueryCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { meterPartition } from '../engine/meter';
import { chunkPartition, runKey } from '../engine/run-keys';
import { storeFailed } from '../platform/store-errors';
import { cleanUpKey, CleanUpTask } from './records';

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
    for (let from = 0; from < keys.length; from += 25) {
      let requests: Record<string, unknown>[] | undefined = keys
        .slice(from, from + 25)
        .map((Key) => ({ DeleteRequest: { Key } }));
      while (requests && requests.length > 0) {
        const command: BatchWriteCommand = new BatchWriteCommand({ RequestItems: { [this.#runs]: requests } });
        const answer: BatchWriteCommandOutput = await this.#db.send(command).catch(storeFailed);
        requests = answer.UnprocessedItems?.[this.#runs];
      }
    }
  }

  async #query(table: string, pk: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let next: Record<string, unknown> | undefined;
    do {
      const page = await this.#db
        .send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': pk },
            ConsistentRead: true,
            ...(next && { ExclusiveStartKey: next }),
          }),
        )
        .catch(storeFailed);
      items.push(...(page.Items ?? []));
      next = page.LastEvaluatedKey;
    } while (next);
    return items;
  }
}
