import { QueryCommand, type DynamoDBDocumentClient, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { storeFailed } from './store-errors';

export type StoredItem = Record<string, unknown>;

/** A page is a megabyte, or `Limit` items: no caller of ours reads as many as this. */
const MAX_PAGES = 10_000;

/**
 * What a query finds, page by page and without empty pages; who has enough leaves the loop, and no more is read.
 * @throws AppError `SERVICE_UNAVAILABLE`
 */
export async function* queryPages(db: DynamoDBDocumentClient, query: QueryCommandInput): AsyncGenerator<StoredItem[]> {
  let next: StoredItem | undefined;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { Items = [], LastEvaluatedKey } = await db
      .send(new QueryCommand({ ...query, ...(next && { ExclusiveStartKey: next }) }))
      .catch(storeFailed);
    if (Items.length > 0) yield Items;
    if (!LastEvaluatedKey) return;
    next = LastEvaluatedKey;
  }
  throw new Error(`A query of ${String(query.TableName)} has more than ${MAX_PAGES} pages`);
}

/** All that a query finds, for queries of which the caller knows that it is not much. */
export async function queryAll(db: DynamoDBDocumentClient, query: QueryCommandInput): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  for await (const page of queryPages(db, query)) items.push(...page);
  return items;
}
