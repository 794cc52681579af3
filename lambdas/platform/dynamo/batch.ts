import { setTimeout } from 'node:timers/promises';
import { BatchGetCommand, BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../http/errors';
import type { StoredItem } from './query-pages';
import { storeFailed } from './store-errors';

/** What one call takes (DynamoDB's own limits). */
const KEYS_READ = 100;
const KEYS_DELETED = 25;
/** An answer may leave out what was throttled, or what did not fit into 16 MB: it is asked for again so often. */
const MAX_TRIES = 8;
const FIRST_WAIT_MS = 25;

/**
 * Items of these keys, as they are now, in any order; keys of nothing are left out.
 * @throws AppError `SERVICE_UNAVAILABLE`
 */
export async function batchGet(
  db: DynamoDBDocumentClient,
  table: string,
  keys: readonly StoredItem[],
): Promise<StoredItem[]> {
  const found: StoredItem[] = [];
  await inParts(keys, KEYS_READ, async (asked) => {
    const { Responses, UnprocessedKeys } = await db
      .send(new BatchGetCommand({ RequestItems: { [table]: { Keys: asked, ConsistentRead: true } } }))
      .catch(storeFailed);
    found.push(...(Responses?.[table] ?? []));
    return UnprocessedKeys?.[table]?.Keys ?? [];
  });
  return found;
}

/** Deletes items; of what is not there nothing happens. @throws AppError `SERVICE_UNAVAILABLE` */
export async function batchDelete(
  db: DynamoDBDocumentClient,
  table: string,
  keys: readonly StoredItem[],
): Promise<void> {
  await inParts(keys, KEYS_DELETED, async (asked) => {
    const requests = asked.map((Key) => ({ DeleteRequest: { Key } }));
    const { UnprocessedItems } = await db
      .send(new BatchWriteCommand({ RequestItems: { [table]: requests } }))
      .catch(storeFailed);
    return (UnprocessedItems?.[table] ?? []).flatMap(({ DeleteRequest }): StoredItem[] =>
      DeleteRequest?.Key ? [DeleteRequest.Key] : [],
    );
  });
}

/** @param work does something for some keys; returns those for which it was not done */
async function inParts(
  keys: readonly StoredItem[],
  size: number,
  work: (asked: StoredItem[]) => Promise<readonly StoredItem[]>,
): Promise<void> {
  for (let from = 0; from < keys.length; from += size) {
    let left: readonly StoredItem[] = keys.slice(from, from + size);
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > MAX_TRIES)
        throw new AppError('SERVICE_UNAVAILABLE', 'The store does not answer at the moment. Try again shortly.');
      const before = left.length;
      left = await work([...left]);
      // What was full goes on at once; what was throttled waits, and ever longer.
      if (left.length === before) await setTimeout(Math.random() * FIRST_WAIT_MS * 2 ** attempt);
      else attempt = 0;
    }
  }
}
