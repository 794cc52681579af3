import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateFunctionCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { clientConfig } from '../../../local/aws';
import { zipSync } from 'fflate';
import type { Random } from '../../support/random';

const TableName = 'kept';
const Bucket = 'kept';
const WRITERS = 4;
/** One in so many writes makes a secret, which waits for a snapshot of all services. */
const SECRETS = 40;
/** One in so many makes a function, whose service is written by itself. */
const FUNCTIONS = 25;

export async function createTable(dynamo: DynamoDBClient, name: string): Promise<void> {
  await dynamo.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
}

/** A writer's load on an emulator that is about to be killed. */
export interface Load {
  /** Resolves when so many writes have been answered since the load began. */
  reached(answers: number): Promise<void>;
  /** Resolves when all writers have met their first refusal. */
  ended(): Promise<void>;
}

/** Writes through the SDK, remembers what was answered, and looks whether it is there. */
export class Accepted {
  readonly #items = new Map<string, string | undefined>();
  /** Writes that got no answer: either state is right. */
  readonly #uncertain = new Set<string>();
  readonly #objects = new Map<string, string>();
  readonly #secrets = new Map<string, string>();
  readonly #messages = new Set<string>();
  readonly #functions = new Set<string>();
  #next = 0;
  #answered = 0;

  get count(): number {
    return this.#answered;
  }

  async prepare(endpoint: string): Promise<void> {
    const aws = clients(endpoint);
    await createTable(aws.dynamo, TableName);
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    await aws.sqs.send(new CreateQueueCommand({ QueueName: 'kept' }));
    aws.close();
  }

  work(endpoint: string, random: Random): Load {
    const aws = clients(endpoint);
    const begin = this.#answered;
    const waiting: { at: number; resolve: () => void }[] = [];
    const writer = async () => {
      try {
        for (;;) {
          await this.#write(aws, random);
          this.#answered += 1;
          for (const { at, resolve } of waiting) if (this.#answered >= at) resolve();
        }
      } catch (error) {
        if (!isLost(error)) throw error;
      }
    };
    const ended = Promise.all(Array.from({ length: WRITERS }, writer)).then(() => aws.close());
    const reached = (answers: number) =>
      Promise.race([ended, new Promise<void>((resolve) => waiting.push({ at: begin + answers, resolve }))]);
    return { reached, ended: () => ended };
  }

  async #write(aws: Clients, random: Random): Promise<void> {
    const id = `k${(this.#next += 1)}`;
    const kind = random.whole(0, 6);
    if (this.#next % SECRETS === 0) {
      await aws.secrets.send(new CreateSecretCommand({ Name: id, SecretString: id }));
      this.#secrets.set(id, id);
    } else if (this.#next % FUNCTIONS === 0) {
      await aws.lambda.send(
        new CreateFunctionCommand({ ...FUNCTION, FunctionName: id, Code: { ZipFile: codeOf(id) } }),
      );
      this.#functions.add(id);
    } else if (kind === 0) {
      await aws.s3.send(new PutObjectCommand({ Bucket, Key: id, Body: id }));
      this.#objects.set(id, id);
    } else if (kind === 1) {
      await aws.sqs.send(new SendMessageCommand({ QueueUrl: aws.queue, MessageBody: id }));
      this.#messages.add(id);
    } else if (kind === 2) {
      const Items = [id, `${id}b`].map((key) => ({ Put: { TableName, Item: { id: { S: key }, v: { S: key } } } }));
      await aws.dynamo.send(new TransactWriteItemsCommand({ TransactItems: Items }));
      this.#items.set(id, id).set(`${id}b`, `${id}b`);
    } else {
      await this.#change(aws, random, id, kind);
    }
  }

  /** Puts an item, or updates or deletes one that is there. */
  async #change(aws: Clients, random: Random, id: string, kind: number): Promise<void> {
    const known = [...this.#items.keys()].filter((key) => !this.#uncertain.has(key));
    const old = known.length > 0 ? random.pick(known) : undefined;
    if (kind === 3 || old === undefined) {
      await aws.dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: id }, v: { S: id } } }));
      this.#items.set(id, id);
      return;
    }
    // Until the answer nobody else takes it, and without one both values are right.
    this.#uncertain.add(old);
    const Key = { id: { S: old } };
    if (kind === 4) {
      await aws.dynamo.send(new DeleteItemCommand({ TableName, Key }));
      this.#items.set(old, undefined);
    } else {
      const change = { UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': { S: id } } };
      await aws.dynamo.send(new UpdateItemCommand({ TableName, Key, ...change }));
      this.#items.set(old, id);
    }
    this.#uncertain.delete(old);
  }

  /** What was answered and is not there. */
  async missing(endpoint: string): Promise<string[]> {
    const aws = clients(endpoint);
    const missing: string[] = [];
    for (const [id, value] of this.#items) {
      if (this.#uncertain.has(id)) continue;
      const { Item } = await aws.dynamo.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }));
      if (Item?.['v']?.S !== value) missing.push(`item ${id}: ${String(Item?.['v']?.S)} for ${String(value)}`);
    }
    for (const [Key, text] of this.#objects) {
      const found = await aws.s3.send(new GetObjectCommand({ Bucket, Key })).catch(() => undefined);
      if ((await found?.Body?.transformToString()) !== text) missing.push(`object ${Key}`);
    }
    for (const [SecretId, text] of this.#secrets) {
      const found = await aws.secrets.send(new GetSecretValueCommand({ SecretId })).catch(() => undefined);
      if (found?.SecretString !== text) missing.push(`secret ${SecretId}`);
    }
    for (const FunctionName of this.#functions) {
      const found = await aws.lambda.send(new GetFunctionCommand({ FunctionName })).catch(() => undefined);
      const code = await fetch(found?.Code?.Location ?? 'data:,', { signal: AbortSignal.timeout(10_000) });
      if (!Buffer.from(await code.arrayBuffer()).equals(codeOf(FunctionName))) missing.push(`function ${FunctionName}`);
    }
    const received = await takeMessages(aws);
    for (const id of this.#messages) if (!received.has(id)) missing.push(`message ${id}`);
    this.#messages.clear();
    aws.close();
    return missing;
  }
}

/** Nobody runs it; with a fixed time, so that it is the same bytes each time. */
const codeOf = (id: string): Uint8Array =>
  zipSync({ 'index.js': [Buffer.from(`// ${id}`), { mtime: '2026-01-01T00:00:00' }] });
const FUNCTION = {
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  Role: 'arn:aws:iam::000000000000:role/kept',
} as const;

type Clients = ReturnType<typeof clients>;

function clients(endpoint: string) {
  const config = { ...clientConfig(endpoint), maxAttempts: 1 };
  const all = {
    dynamo: new DynamoDBClient(config),
    s3: new S3Client(config),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    secrets: new SecretsManagerClient(config),
    lambda: new LambdaClient(config),
  };
  const close = () => Object.values(all).forEach((client) => client.destroy());
  return { ...all, queue: `${endpoint}/000000000000/kept`, close };
}

/** Takes all messages out of the queue. */
async function takeMessages({ sqs, queue: QueueUrl }: Clients): Promise<Set<string>> {
  const found = new Set<string>();
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return found;
    for (const { Body, ReceiptHandle } of Messages) {
      if (Body !== undefined) found.add(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

/** The emulator is gone: no answer came, not even a refusal. */
function isLost(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return false;
  const metadata = error.$metadata;
  return typeof metadata === 'object' && metadata !== null && !('httpStatusCode' in metadata);
}
