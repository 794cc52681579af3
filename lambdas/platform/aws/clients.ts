import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { observeServerDate } from '../time/observe-server-date';
import { storeTime } from '../time/store-time';
import { CALLS, callsWithin } from './calls';
import { FreshConnections } from './fresh-connections';

/** Clients of AWS. A function bundles only those it uses: nothing here, and nothing of the SDK, acts when it is loaded. */

export const cloudWatch = (): CloudWatchClient => new CloudWatchClient({ ...CALLS, maxAttempts: 2 });

export const cloudWatchLogs = (): CloudWatchLogsClient => new CloudWatchLogsClient({ ...CALLS, maxAttempts: 2 });

/** @param maxAttempts a request fails soon, so that its caller can act; a worker with a result in hand insists */
export const dynamo = (maxAttempts: number = CALLS.maxAttempts): DynamoDBDocumentClient => {
  const client = new DynamoDBClient({ ...CALLS, maxAttempts });
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  observeServerDate(db, storeTime);
  return db;
};

export const ecr = (): ECRClient => new ECRClient(CALLS);

export const kms = (): KMSClient => new KMSClient(CALLS);

/** For asynchronous invokes, which answer as soon as the event is queued. */
export const lambda = (): LambdaClient => new LambdaClient(CALLS);

/**
 * For synchronous and streamed invokes, which last as long as the run: the caller bounds them. No retry of its own:
 * whether an invoke may be made again depends on what it starts.
 */
export const waitingLambda = (): LambdaClient =>
  new LambdaClient({
    maxAttempts: 1,
    requestHandler: new FreshConnections({ connectionTimeout: 2_000, requestTimeout: 0, socketTimeout: 0 }),
  });

/** For what changes functions: a request may carry 50 MB of code. */
export const deployingLambda = (): LambdaClient => new LambdaClient(callsWithin({ requestTimeout: 30_000 }));

/** Path-style addresses work on AWS for every bucket, and where a bucket's host name does not resolve. */
export const s3 = (): S3Client =>
  new S3Client({
    ...callsWithin({ requestTimeout: 20_000 }),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });

export const secretsManager = (): SecretsManagerClient => new SecretsManagerClient(CALLS);

export const sfn = (): SFNClient => new SFNClient(CALLS);
