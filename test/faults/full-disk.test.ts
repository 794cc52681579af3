import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clientConfig } from '../../local/aws';
import { startEmulator, type Emulator } from '../../local/emulator/ministack';
import { predecessorEnded } from '../../local/emulator/predecessor';
import { choosePort } from '../../local/process/ports';
import { run } from '../../local/process/run';
import { createTable } from './support/accepted';

const REPOSITORY = path.resolve(__dirname, '../..');
const TableName = 'full';
const Bucket = 'full';

let folder: string;
let emulator: Emulator;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'narae-full-'));
  await start();
});

afterEach(async () => {
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  emulator = await startEmulator({
    root: REPOSITORY,
    stateDir: path.join(folder, 'state'),
    logFile: path.join(folder, 'emulator.log'),
    port: await choosePort(undefined),
    snapshotSeconds: 0,
  });
}

async function kill(): Promise<void> {
  process.kill(emulator.program.pid, 'SIGKILL');
  await emulator.program.ended;
}

/** Files of the emulator may grow to this size, bytes: beyond it writes fail as on a full disk (EFBIG for ENOSPC). */
async function letFilesGrowTo(bytes: number | 'unlimited'): Promise<void> {
  const command = ['prlimit', '--pid', String(emulator.program.pid), `--fsize=${bytes}:unlimited`];
  const { status, stderr } = await run(command, { timeLimitMs: 10_000 });
  if (status !== 0) throw new Error(`prlimit: ${stderr}`);
}

function clients() {
  const config = { ...clientConfig(emulator.endpoint), maxAttempts: 1 };
  const dynamo = new DynamoDBClient(config);
  const s3 = new S3Client(config);
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  const secrets = new SecretsManagerClient(config);
  const QueueUrl = `${emulator.endpoint}/000000000000/full`;
  return {
    dynamo,
    s3,
    sqs,
    put: (id: string) => dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: id } } })),
    putObject: (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key })),
    send: (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    makeSecret: (Name: string) => secrets.send(new CreateSecretCommand({ Name, SecretString: Name })),
    close: () => [dynamo, s3, sqs, secrets].forEach((client) => client.destroy()),
  };
}

const statusOf = async (answer: Promise<unknown>): Promise<number | undefined> => {
  try {
    await answer;
    return 200;
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('$metadata' in error)) throw error;
    const { $metadata: metadata } = error;
    return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? Number(metadata.httpStatusCode)
      : undefined;
  }
};

test('a disk that is full: errors instead of answers, and what was answered before and after is kept', async () => {
  let aws = clients();
  await createTable(aws.dynamo, TableName);
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  await aws.sqs.send(new CreateQueueCommand({ QueueName: 'full' }));
  await Promise.all([aws.put('before'), aws.putObject('before')]);

  await letFilesGrowTo(1);
  const refused = [aws.put('x'), aws.putObject('x'), aws.send('x'), aws.makeSecret('x')];
  expect(await Promise.all(refused.map(statusOf))).toEqual([500, 500, 500, 500]);

  await letFilesGrowTo('unlimited');
  await Promise.all([aws.put('after'), aws.putObject('after')]);
  aws.close();
  await kill();
  await start();
  aws = clients();
  for (const id of ['before', 'after']) {
    const { Item } = await aws.dynamo.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }));
    expect(Item?.['id']?.S).toBe(id);
    const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket, Key: id }));
    expect(await Body?.transformToString()).toBe(id);
  }
  aws.close();
});

test('an emulator that still works on a state folder is waited for', async () => {
  let ended = false;
  const waiting = predecessorEnded(path.join(folder, 'state')).then(() => (ended = true));
  for (let request = 0; request < 10; request += 1) await (await fetch(`${emulator.endpoint}/_ministack/ready`)).text();
  expect(ended).toBe(false);
  await kill();
  await waiting;
  await start();
});
