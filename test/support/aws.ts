import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, type GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENDED_BY_OWNER, ENDED_BY_ROOM, OPEN_INDEX } from '../../lambdas/engine/run/run-keys';

/** Real services of the emulator, with tables and buckets of this test file's own. */

function config() {
  const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'];
  if (endpoint === undefined) throw new Error('The unit project starts an emulator in its globalSetup.');
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

export function testDynamo(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(config()), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

export const testS3 = (): S3Client => new S3Client({ ...config(), forcePathStyle: true });

export const testKms = (): KMSClient => new KMSClient(config());

/** A table with the keys of both of ours; with the index of open runs, which the entities table does not need. */
export async function createTable(db: DynamoDBDocumentClient): Promise<string> {
  const name = `test-${randomUUID()}`;
  await db.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'openShard', 'endedRoom', 'endedOwner', 'endedSort'].map((attribute) => ({
        AttributeName: attribute,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        index(OPEN_INDEX, 'openShard', 'sk'),
        index(ENDED_BY_ROOM, 'endedRoom', 'endedSort'),
        index(ENDED_BY_OWNER, 'endedOwner', 'endedSort'),
      ],
    }),
  );
  return name;
}

function index(IndexName: string, partition: string, sort: string): GlobalSecondaryIndex {
  return {
    IndexName,
    KeySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  };
}

export async function createBucket(s3: S3Client): Promise<string> {
  const Bucket = `test-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

export async function createKey(kms: KMSClient): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  if (!KeyMetadata?.KeyId) throw new Error('no key');
  return KeyMetadata.KeyId;
}
