import { createHash } from 'node:crypto';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { DeleteCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from './clock';
import { AppError, invalid } from './errors';
import { isConditionFailed, storeFailed } from './store-errors';

/** What a route answered, as it is kept and said again. */
export interface StoredReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const KEPT_MS = 24 * 60 * 60_000;
/** A request that has not ended after this is taken for dead, and its key may be used again. */
const IN_PROGRESS_MS = 60_000;

const Existing = z.object({
  bodyHash: z.string(),
  reply: z
    .object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string().optional() })
    .optional(),
});

export interface IdempotentRequest {
  readonly key: string;
  readonly workspace: string;
  /** Method and path: keys are kept per path. */
  readonly path: string;
  readonly body: Buffer;
}

/** Idempotency keys (contract: invocations, section 6, "Idempotency"). */
export class Idempotency {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(db: DynamoDBDocumentClient, table: string, clock: Clock) {
    this.#db = db;
    this.#table = table;
    this.#clock = clock;
  }

  /**
   * Does the work once per key. The same key and body get the first answer again; a refused or failed request does not
   * use up its key.
   * @throws AppError `VALIDATION_ERROR`, `IDEMPOTENCY_KEY_REUSED`, `IDEMPOTENCY_IN_PROGRESS`
   */
  async once(request: IdempotentRequest, work: () => Promise<StoredReply>): Promise<StoredReply> {
    if (!/^[\x21-\x7e]{1,255}$/.test(request.key)) {
      throw invalid('Idempotency-Key', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
    }
    const address = { pk: `${request.workspace}#IDEMPOTENCY`, sk: `${request.path}#${sha256(request.key)}` };
    const bodyHash = sha256(request.body);
    const earlier = await this.#reserve(address, bodyHash);
    if (earlier) return replay(earlier, bodyHash);
    try {
      const reply = await work();
      await this.#keep(address, reply);
      return reply;
    } catch (error) {
      await this.#release(address);
      throw error;
    }
  }

  /** @returns what an earlier request left under this key, or undefined when the key is now ours */
  async #reserve(address: Address, bodyHash: string): Promise<z.output<typeof Existing> | undefined> {
    const now = this.#clock.now();
    try {
      await this.#db.send(
        new PutCommand({
          TableName: this.#table,
          Item: { ...address, bodyHash, busyUntil: now + IN_PROGRESS_MS, expiresAt: ttl(now + KEPT_MS) },
          // TTL deletes late, so that an outlived record is told by its own time.
          ConditionExpression:
            'attribute_not_exists(pk) OR expiresAt < :ttl OR (attribute_not_exists(reply) AND busyUntil < :now)',
          ExpressionAttributeValues: { ':ttl': ttl(now), ':now': now },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!isConditionFailed(error)) return storeFailed(error);
      return Existing.parse(error.Item && unmarshall(error.Item));
    }
  }

  async #keep(address: Address, reply: StoredReply): Promise<void> {
    await this.#db
      .send(
        new UpdateCommand({
          TableName: this.#table,
          Key: address,
          UpdateExpression: 'SET reply = :reply',
          ExpressionAttributeValues: { ':reply': reply },
        }),
      )
      .catch(storeFailed);
  }

  async #release(address: Address): Promise<void> {
    await this.#db.send(new DeleteCommand({ TableName: this.#table, Key: address })).catch(storeFailed);
  }
}

type Address = { readonly pk: string; readonly sk: string };

function replay(earlier: z.output<typeof Existing>, bodyHash: string): StoredReply {
  if (earlier.bodyHash !== bodyHash) {
    throw new AppError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with another body. Use a new key.');
  }
  if (!earlier.reply) {
    throw new AppError('IDEMPOTENCY_IN_PROGRESS', 'The first request with this Idempotency-Key is still in progress.');
  }
  const { status, headers, body } = earlier.reply;
  return { status, headers: { ...headers, 'Idempotency-Replayed': 'true' }, body };
}

/** DynamoDB's TTL counts in epoch seconds. */
const ttl = (epochMs: number): number => Math.ceil(epochMs / 1000);

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
