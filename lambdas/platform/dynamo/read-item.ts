import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StoredItem } from './query-pages';
import { storeFailed } from './store-errors';

/**
 * The item of a key.
 * @param consistent false: half the price, and may be milliseconds behind
 * @throws AppError `SERVICE_UNAVAILABLE`
 */
export async function readItem(
  db: DynamoDBDocumentClient,
  table: string,
  key: StoredItem,
  consistent = true,
): Promise<StoredItem | undefined> {
  const { Item } = await db
    .send(new GetCommand({ TableName: table, Key: key, ConsistentRead: consistent }))
    .catch(storeFailed);
  return Item;
}
