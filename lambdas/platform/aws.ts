import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Clients of AWS, one per process. Every call has a time-out and a bounded number of tries; the SDK's own retries wait
 * with jitter. Where a service stands comes from the environment (AWS_ENDPOINT_URL*), never from here.
 */
const calls = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

/** @param maxAttempts a request fails soon, so that its caller can act; a worker with a result in hand insists */
export const dynamo = (maxAttempts: number = calls.maxAttempts): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ ...calls, maxAttempts }), {
    marshallOptions: { removeUndefinedValues: true },
  });

export const kms = (): KMSClient => new KMSClient(calls);

export const secretsManager = (): SecretsManagerClient => new SecretsManagerClient(calls);

/** Path-style addresses work on AWS for every bucket, and where a bucket's host name does not resolve. */
export const s3 = (): S3Client =>
  new S3Client({
    ...calls,
    forcePathStyle: true,
    requestHandler: { ...calls.requestHandler, requestTimeout: 20_000 },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });

/** For asynchronous invokes, which answer as soon as the event is queued. */
export const lambda = (): LambdaClient => new LambdaClient(calls);

/** For streamed invokes, which last as long as the run: the caller bounds them; no retry, a run must not start twice. */
export const streamingLambda = (): LambdaClient =>
  new LambdaClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 0, socketTimeout: 0 },
  });
