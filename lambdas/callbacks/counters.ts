import { UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { AppError } from '../platform/http/errors';
import { isConditionFailed, storeFailed } from '../platform/dynamo/store-errors';
import { WriteConflict, type Write } from '../platform/dynamo/transact';
import { countKey, lastIdKey, type Counted } from './keys';
import { CALLBACK_LIMITS } from './limits';

const LastId = z.object({ value: z.number() });

/** Ids and numbers of callbacks, rooms and chats of a workspace. */
export class Counters {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** The next id, from 1; one that is not used in the end is left out, none is given twice. */
  async nextId(workspace: string, what: Counted): Promise<number> {
    const { Attributes } = await this.#db
      .send(
        new UpdateCommand({
          TableName: this.#table,
          Key: lastIdKey(workspace, what),
          UpdateExpression: 'ADD #value :one',
          ExpressionAttributeNames: { '#value': 'value' },
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'UPDATED_NEW',
        }),
      )
      .catch(storeFailed);
    return LastId.parse(Attributes).value;
  }

  /** No id up to this one is given from now on. */
  async goOnAfter(workspace: string, what: Counted, id: number): Promise<void> {
    await this.#db
      .send(
        new UpdateCommand({
          TableName: this.#table,
          Key: lastIdKey(workspace, what),
          UpdateExpression: 'SET #value = :id',
          ConditionExpression: 'attribute_not_exists(pk) OR #value < :id',
          ExpressionAttributeNames: { '#value': 'value' },
          ExpressionAttributeValues: { ':id': id },
        }),
      )
      .catch((error: unknown) => (isConditionFailed(error) ? undefined : storeFailed(error)));
  }

  /** One more of what is limited, for a transaction. */
  oneMore(workspace: string, what: 'callbacks' | 'rooms'): Write {
    const limit = CALLBACK_LIMITS[what];
    return {
      item: {
        Update: {
          ...this.#count(workspace, what, 1),
          ConditionExpression: 'attribute_not_exists(#value) OR #value < :limit',
          ExpressionAttributeValues: { ':by': 1, ':limit': limit },
        },
      },
      refused: () =>
        new AppError('LIMIT_REACHED', `There are ${limit} ${what} already, the most there can be. Delete one first.`, {
          details: { limit },
        }),
    };
  }

  oneLess(workspace: string, what: 'callbacks' | 'rooms'): Write {
    return { item: { Update: this.#count(workspace, what, -1) }, refused: () => new WriteConflict(what) };
  }

  #count(workspace: string, what: Counted, by: number) {
    return {
      TableName: this.#table,
      Key: countKey(workspace, what),
      UpdateExpression: 'ADD #value :by',
      ExpressionAttributeNames: { '#value': 'value' },
      ExpressionAttributeValues: { ':by': by },
    };
  }
}
