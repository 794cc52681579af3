import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Asks the store for the time, for a process that is to write or keep deadlines before it has had another answer. Begun
 * while the process starts it costs no time: the connection is needed anyway. Any answer will do, there need be no item.
 */
export async function syncServerClock(db: DynamoDBDocumentClient, table: string): Promise<void> {
  await db
    .send(new GetCommand({ TableName: table, Key: { pk: 'TIME', sk: 'TIME' }, ProjectionExpression: 'pk' }))
    .catch(() => undefined);
}
