import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { invalid } from '../platform/http/errors';
import { queryPages } from '../platform/dynamo/query-pages';

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
}

/** Items of a partition in order, at most `limit`, from as many reads of 1 MB as that takes. */
export async function readPage<T>(
  db: DynamoDBDocumentClient,
  { table, partition, after, limit }: PageOf,
  parse: (item: Record<string, unknown>) => T,
): Promise<Page<T>> {
  const items: T[] = [];
  const pages = queryPages(db, {
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': partition },
    ConsistentRead: true,
    Limit: limit + 1,
    ...(after && { ExclusiveStartKey: after }),
  });
  for await (const page of pages) {
    items.push(...page.map(parse));
    if (items.length > limit) break;
  }
  return { items: items.slice(0, limit), more: items.length > limit };
}

/** A Lambda function answers at most 6 MB, its own escapes included: a page of large items ends early. */
const PAGE_BYTES = 2 * 1024 * 1024;

/**
 * An array as an answer: as many of the items as an answer can hold, and where to go on, if there are more
 * (docs/contracts/callbacks.md#endpoints).
 */
export function pageReply<T>(items: readonly T[], more: boolean, idOf: (item: T) => number) {
  let bytes = 0;
  let count = 0;
  for (const item of items) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (count > 0 && bytes > PAGE_BYTES) break;
    count += 1;
  }
  const body = items.slice(0, count);
  const last = body.at(-1);
  const goesOn = last !== undefined && (more || count < items.length);
  return { body, ...(goesOn && { headers: { 'X-Next-Cursor': writeCursor(idOf(last)) } }) };
}

/** A cursor is the id of a page's last item; opaque, so that it may become something else. */
const writeCursor = (id: number): string => Buffer.from(`after ${id}`).toString('base64url');

/** @throws AppError `VALIDATION_ERROR` */
export function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const id = Number(/^after (\d{1,15})$/.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(id) || writeCursor(id) !== cursor)
    throw invalid('cursor', 'cursor must be an X-Next-Cursor of this list');
  return id;
}
