import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Facts } from './machine';

/** A place and all that stands in it. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

const connection = ({ awsEndpoint, region }: Facts) => ({
  endpoint: awsEndpoint,
  region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

const outputsOfData = (facts: Facts) => facts.outputs['narae-local-data'] ?? {};

/** What the platform prints: log files on disk, and the log groups in the emulated AWS. */
export async function logsOf(facts: Facts): Promise<Place[]> {
  const files = readdirSync(facts.logs).map((name) => ({
    name: `log file ${name}`,
    text: readFileSync(path.join(facts.logs, name), 'latin1'),
  }));
  const client = new CloudWatchLogsClient(connection(facts));
  const groups: Place[] = [];
  try {
    for await (const page of paginateDescribeLogGroups({ client }, {})) {
      for (const { logGroupName = '' } of page.logGroups ?? []) {
        const { events } = await client.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 }));
        const text = (events ?? []).map(({ message }) => message).join('\n');
        // What user code prints belongs in this one.
        if (!logGroupName.endsWith('/function-lines')) groups.push({ name: `log group ${logGroupName}`, text });
      }
    }
  } finally {
    client.destroy();
  }
  return [...files, ...groups];
}

/** What the product stores: the items of both tables, and the objects of the bucket. */
export async function storesOf(facts: Facts): Promise<Place[]> {
  const { RunsTableName, EntitiesTableName, BucketName } = outputsOfData(facts);
  const places: Place[] = [];
  const client = new DynamoDBClient(connection(facts));
  for (const TableName of [RunsTableName, EntitiesTableName]) {
    for await (const { Items } of paginateScan({ client }, { TableName })) {
      const text = JSON.stringify(Items, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      );
      places.push({ name: `table ${TableName ?? ''}`, text });
    }
  }
  client.destroy();
  const s3 = new S3Client({ ...connection(facts), forcePathStyle: true });
  for await (const { Contents } of paginateListObjectsV2({ client: s3 }, { Bucket: BucketName })) {
    for (const { Key } of Contents ?? []) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BucketName, Key }));
      places.push({ name: `object ${Key ?? ''}`, text: (await Body?.transformToString('latin1')) ?? '' });
    }
  }
  s3.destroy();
  return places;
}

/** The key that signs tickets. */
export async function ticketSecretOf(facts: Facts): Promise<string> {
  const client = new SecretsManagerClient(connection(facts));
  try {
    const { SecretString } = await client.send(
      new GetSecretValueCommand({ SecretId: outputsOfData(facts)['TicketSecretId'] }),
    );
    if (SecretString === undefined || SecretString.length < 16) throw new Error('There is no ticket secret.');
    return SecretString;
  } finally {
    client.destroy();
  }
}

/** Where which of these values stand, in words that do not repeat them. */
export function findings(places: readonly Place[], values: ReadonlyMap<string, string>): string[] {
  return places.flatMap(({ name, text }) =>
    [...values].filter(([, value]) => text.includes(value)).map(([what]) => `${what} is in ${name}`),
  );
}
