import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, paginateScan, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';

export interface ItemsToRestore {
  /** The table that point-in-time recovery made. */
  readonly from: string;
  /** The table of the stage. */
  readonly into: string;
  /** Only items whose partition key begins so. */
  readonly prefix: string;
  readonly dryRun: boolean;
  /** Milliseconds since 1970: items that have expired by then are not brought back. */
  readonly now: number;
  readonly say: (line: string) => void;
}

export interface RestoredItems {
  readonly restored: number;
  /** Were there still, and stay as they are. */
  readonly kept: number;
  readonly expired: number;
}

const Item = z.looseObject({ pk: z.string(), sk: z.string(), expiresAt: z.number().optional() });

/** Copies what is missing from a restored table into that of a stage. Items that are there are not touched. */
export async function restoreItems(db: DynamoDBDocumentClient, wanted: ItemsToRestore): Promise<RestoredItems> {
  const { from, into, prefix, dryRun, now, say } = wanted;
  const count = { restored: 0, kept: 0, expired: 0 };
  const pages = paginateScan(
    { client: db },
    {
      TableName: from,
      ConsistentRead: true,
      ...(prefix !== '' && {
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': prefix },
      }),
    },
  );
  for await (const page of pages) {
    for (const found of page.Items ?? []) {
      const { pk, sk, expiresAt } = Item.parse(found);
      if (expiresAt !== undefined && expiresAt * 1000 <= now) count.expired += 1;
      else if (!(await putIfMissing(db, into, found, dryRun))) count.kept += 1;
      else {
        count.restored += 1;
        say(`${dryRun ? 'would restore' : 'restored'} ${pk} ${sk}`);
      }
    }
  }
  return count;
}

/** @returns whether it was missing */
async function putIfMissing(
  db: DynamoDBDocumentClient,
  TableName: string,
  item: Record<string, unknown>,
  dryRun: boolean,
): Promise<boolean> {
  if (dryRun) {
    const { Item: there } = await db.send(
      new GetCommand({ TableName, Key: { pk: item['pk'], sk: item['sk'] }, ConsistentRead: true }),
    );
    return there === undefined;
  }
  try {
    await db.send(new PutCommand({ TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
