import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { queryPages } from './query-pages';

export interface Page<T> {
  readonly items: T[];
  readonly more: boolean;
}

export interface PageOf {
  readonly table: string;
  readonly partition: string;
  /** Key of the last item of the page before. */
  readonly after: Record<string, string> | undefined;
  readonly limit: number;
  /** Last things first. */
  readonly descending?: boolean;
}

/** Items of a partition in order, at most `limit`, from as many reads of 1 MB as that takes. */
export async function readPage<T>(
  db: DynamoDBDocumentClient,
  { table, partition, after, limit, descending = false }: PageOf,
  parse: (item: Record<string, unknown>) => T,
): Promise<Page<T>> {
  const items: T[] = [];
  const pages = queryPages(db, {
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': partition },
    ConsistentRead: true,
    ScanIndexForward: !descending,
    Limit: limit + 1,
    ...(after && { ExclusiveStartKey: after }),
  });
  for await (const page of pages) {
    items.push(...page.map(parse));
    if (items.length > limit) break;
  }
  return { items: items.slice(0, limit), more: items.length > limit };
}
