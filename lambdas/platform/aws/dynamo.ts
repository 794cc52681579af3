import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { storeTime } from '../time/store-time';
import { CALLS } from './calls';
import { observeServerDate } from '../time/observe-server-date';

/** @param maxAttempts a request fails soon, so that its caller can act; a worker with a result in hand insists */
export const dynamo = (maxAttempts: number = CALLS.maxAttempts): DynamoDBDocumentClient => {
  const client = new DynamoDBClient({ ...CALLS, maxAttempts });
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  observeServerDate(db, storeTime);
  return db;
};
