import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Exchange } from '../faults/support/fault-proxy';
import { workerAt } from '../faults/support/workers';
import { itemBytes } from './item-size';
import { PRICES } from './prices';

/** One AWS call that a function made, with what it is billed for. */
export interface AwsCall {
  readonly by: string;
  readonly what: string;
  readonly usd: number;
}

const Attribute = z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null);
type Key = Readonly<Record<string, AttributeValue>>;
const Put = z.looseObject({ Item: z.record(z.string(), Attribute) });
const Keyed = z.looseObject({ TableName: z.string(), Key: z.record(z.string(), Attribute) });
const Update = z.looseObject({
  UpdateExpression: z.string(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: z.record(z.string(), Attribute).optional(),
});
const Write = z.looseObject({ Put: Put.optional(), Update: Update.optional() });
const Body = z.looseObject({
  ...Put.partial().shape,
  ...Update.partial().shape,
  ConsistentRead: z.boolean().optional(),
  TransactItems: z.array(Write).optional(),
  RequestItems: z.record(z.string(), z.unknown()).optional(),
});

/** Of an item in the store: its bytes as DynamoDB counts them, 0 where there is none. */
export type SizeOf = (table: string, key: Key) => Promise<number>;

const KB = 1024;

/** A change of an item is billed by the larger of what it was and what it became. */
interface Change {
  readonly table: string;
  readonly key: Key;
  before: number;
  after: number | undefined;
}

interface Noted extends AwsCall {
  readonly change: Change | undefined;
}

/** Notes the AWS calls of functions, as they pass by one after the other. */
export class CallLog {
  #calls: Noted[] = [];
  #sizeOf: SizeOf = () => Promise.resolve(0);
  #paused = false;

  /** From now on changes are billed by what this says of their items. */
  sizeBy(sizeOf: SizeOf): void {
    this.#sizeOf = sizeOf;
  }

  /** Does something that is not to be noted, and not to be slowed down by it. */
  async pausedDuring(work: () => Promise<unknown>): Promise<void> {
    this.#paused = true;
    await work();
    this.#paused = false;
  }

  /** For a proxy that stands between the functions and AWS; the call waits until this is done. */
  async see(exchange: Exchange): Promise<void> {
    if (this.#paused) return;
    const by = workerAt(exchange.connection)?.name;
    // The Lambda service itself fetches code and ships logs; on AWS that is no call of ours.
    if (by === undefined) return;
    const change = await this.#changeOf(exchange);
    this.#calls.push({ by, change, ...priced(exchange) });
  }

  /** What was noted since the last time. */
  async take(): Promise<AwsCall[]> {
    const taken = this.#calls;
    this.#calls = [];
    const sized = [];
    for (const { by, what, usd, change } of taken) {
      const after = change && (change.after ?? (await this.#sizeOf(change.table, change.key)));
      const more = change ? Math.ceil(Math.max(change.before, after ?? 0) / KB) - 1 : 0;
      sized.push({
        by,
        what: more > 0 ? `${what}, ${more} more for its size` : what,
        usd: usd + Math.max(0, more) * PRICES.writeUnit,
      });
    }
    return sized;
  }

  async #changeOf({ headers, body }: Exchange): Promise<Change | undefined> {
    if (headers['x-amz-target'] !== 'DynamoDB_20120810.UpdateItem') return undefined;
    const { TableName: table, Key: key } = Keyed.parse(JSON.parse(body.toString('utf8')));
    const before = await this.#sizeOf(table, key);
    const same = (noted: Noted): boolean => JSON.stringify(noted.change?.key) === JSON.stringify(key);
    const last = this.#calls.findLast(same)?.change;
    if (last) last.after = before;
    return { table, key, before, after: undefined };
  }
}

function priced({ method, url, headers, body }: Exchange): Omit<AwsCall, 'by'> {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return pricedTarget(target, body);
  if (/\/functions\/[^/]+\/(response-streaming-)?invocations/.test(url))
    return { what: 'Lambda invoke', usd: PRICES.lambdaRequest };
  if (method === 'PUT') return { what: 'S3 PutObject', usd: PRICES.s3Put };
  return { what: `S3 ${method === 'GET' ? 'GetObject' : method}`, usd: PRICES.s3Get };
}

function pricedTarget(target: string, body: Buffer): Omit<AwsCall, 'by'> {
  const [service = '', operation = ''] = target.split('.');
  if (service.startsWith('DynamoDB')) {
    const { units, read } = unitsOf(operation, Body.parse(JSON.parse(body.toString('utf8'))));
    const price = read ? PRICES.readUnit : PRICES.writeUnit;
    return { what: `DynamoDB ${operation}, ${units} ${read ? 'RRU' : 'WRU'}`, usd: units * price };
  }
  if (service.startsWith('Logs')) return { what: `Logs ${operation}`, usd: body.byteLength * PRICES.logByte };
  if (service.startsWith('secretsmanager')) return { what: `SecretsManager ${operation}`, usd: PRICES.secret };
  return { what: `KMS ${operation}`, usd: PRICES.kms };
}

function unitsOf(operation: string, body: z.output<typeof Body>): { units: number; read: boolean } {
  switch (operation) {
    case 'PutItem':
      return { units: writeUnits({ Put: Put.parse(body) }), read: false };
    case 'UpdateItem':
      return { units: writeUnits({ Update: Update.parse(body) }), read: false };
    case 'TransactWriteItems':
      return { units: (body.TransactItems ?? []).reduce((sum, write) => sum + transactUnits(write), 0), read: false };
    case 'BatchGetItem':
      return { units: keysOf(body.RequestItems), read: true };
    default:
      return { units: body.ConsistentRead === true ? 1 : 0.5, read: true };
  }
}

/**
 * A write of a transaction takes two units where one alone takes one; indexes are written once. What a transaction updates is not
 * looked up: it is as large as what is set of it, which is most of it where that is more than a few fields.
 */
function transactUnits(write: z.output<typeof Write>): number {
  const indexes = indexWrites(write);
  const set = Math.ceil(itemBytes(write.Update?.ExpressionAttributeValues ?? {}) / KB);
  return 2 * Math.max(writeUnits(write) - indexes, set) + indexes;
}

function writeUnits(write: z.output<typeof Write>): number {
  const bytes = write.Put ? itemBytes(write.Put.Item) : 0;
  return Math.max(1, Math.ceil(bytes / KB)) + indexWrites(write);
}

/** Sparse indexes: an item enters or leaves one when its key attribute comes or goes. */
function indexWrites({ Put: put, Update: update }: z.output<typeof Write>): number {
  if (put) return ['openShard', 'endedRoom', 'endedOwner'].filter((name) => name in put.Item).length;
  if (!update) return 0;
  const names = Object.values(update.ExpressionAttributeNames ?? {});
  const removesOpen = /REMOVE\b.*#open\b/.test(update.UpdateExpression) ? 1 : 0;
  return removesOpen + ['endedRoom', 'endedOwner'].filter((name) => names.includes(name)).length;
}

const keysOf = (requests: Readonly<Record<string, unknown>> | undefined): number =>
  Object.values(requests ?? {}).reduce<number>((sum, request) => {
    const { Keys } = z.looseObject({ Keys: z.array(z.unknown()) }).parse(request);
    return sum + Keys.length;
  }, 0);
