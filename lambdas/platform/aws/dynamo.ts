import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CALLS } from './calls';

/** @param maxAttempts a request fails soon, so that its caller can act; a worker with a result in hand insists */
export const dynamo = (maxAttempts: number = CALLS.maxAttempts): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ ...CALLS, maxAttempts }), {
    marshallOptions: { removeUndefinedValues: true },
  });
