import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { queryAll } from './query-pages';

/** All workspaces that were ever created stand in one partition of the entities table, under their ids. */
export const WORKSPACES_PARTITION = 'WORKSPACES';

/**
 * Ids of all workspaces there are, for a caller to whom every one of them is open. What is being deleted is not there.
 * About 200 bytes are read of each: 5,000 of them are one call.
 */
export async function workspaceIds(db: DynamoDBDocumentClient, table: string): Promise<string[]> {
  const items = await queryAll(db, {
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    FilterExpression: 'attribute_not_exists(deletedAt)',
    ExpressionAttributeValues: { ':pk': WORKSPACES_PARTITION },
    ProjectionExpression: 'sk',
  });
  return items.map((item) => String(item['sk']));
}
