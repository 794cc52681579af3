import { createHash } from 'node:crypto';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { DeleteCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from '../time/clock';
import { AppError, invalid } from '../http/errors';
import { isConditionFailed, storeFailed } from './store-errors';
import { ttl } from './ttl';

/** What a route answered, as it is kept and said again. */
export interface StoredReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** `body` is Base64 of the bytes that are answered. */
  readonly isBase64?: boolean | undefined;
}

/** Keeps bodies that are too large for a record. */
export interface LargeBodies {
  readonly put: (workspace: string, name: string, text: string) => Promise<void>;
  readonly get: (workspace: string, name: string) => Promise<string | undefined>;
}

/** An item holds 400 KB; a body of so many bytes and its record fit. */
const INLINE_BODY_BYTES = 256 * 1024;

const KEPT_MS = 24 * 60 * 60_000;
/** A request that has not ended after this is taken for dead, and its key may be used again. */
const IN_PROGRESS_MS = 60_000;

const Existing = z.object({
  bodyHash: z.string(),
  reply: z
    .object({
      status: z.number(),
      headers: z.record(z.string(), z.string()),
      body: z.string().optional(),
      isBase64: z.boolean().optional(),
      /** The body is kept apart. */
      large: z.boolean().optional(),
    })
    .optional(),
});

export interface IdempotentRequest {
  readonly key: string;
  readonly workspace: string;
  /** Method and path: keys are kept per path. */
  readonly path: string;
  /** Whose key it is, where people of a workspace are told apart. */
  readonly owner?: string | undefined;
  /** As it was sent, without `?`: it may say as much as a body. */
  readonly query: string;
  readonly body: Buffer;
}

/** Idempotency keys (docs/contracts/invocations.md#idempotency). */
export class Idempotency {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;
  readonly #largeBodies: LargeBodies | undefined;

  /** @param largeBodies for services that answer with more than 256 KiB */
  constructor(db: DynamoDBDocumentClient, table: string, clock: Clock, largeBodies?: LargeBodies) {
    this.#db = db;
    this.#table = table;
    this.#clock = clock;
    this.#largeBodies = largeBodies;
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
    // A key has no space, so that no owner's name reaches into it.
    const owned = request.owner === undefined ? request.key : `${request.key} ${request.owner}`;
    const address = { pk: `${request.workspace}#IDEMPOTENCY`, sk: `${request.path}#${sha256(owned)}` };
    const bodyHash = sha256(request.query === '' ? request.body : `${sha256(request.body)}?${request.query}`);
    const earlier = await this.#reserve(address, bodyHash);
    if (earlier) return this.#fetchBody(request.workspace, address, replay(earlier, bodyHash));
    const reply = await work().catch(async (error: unknown) => {
      await this.#release(address);
      throw error;
    });
    await this.#keep(request.workspace, address, reply);
    return reply;
  }

  async #fetchBody(workspace: string, address: Address, reply: Replayed): Promise<StoredReply> {
    const { large, ...rest } = reply;
    return large ? { ...rest, body: await this.#largeBodies?.get(workspace, nameOf(address)) } : rest;
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

  async #keep(workspace: string, address: Address, reply: StoredReply): Promise<void> {
    const large = this.#largeBodies !== undefined && Buffer.byteLength(reply.body ?? '') > INLINE_BODY_BYTES;
    if (large) await this.#largeBodies.put(workspace, nameOf(address), reply.body ?? '');
    const kept = large ? { ...reply, body: undefined, large } : reply;
    await this.#db
      .send(
        new UpdateCommand({
          TableName: this.#table,
          Key: address,
          UpdateExpression: 'SET reply = :reply',
          ExpressionAttributeValues: { ':reply': kept },
        }),
      )
      .catch(storeFailed);
  }

  async #release(address: Address): Promise<void> {
    await this.#db.send(new DeleteCommand({ TableName: this.#table, Key: address })).catch(storeFailed);
  }
}

type Address = { readonly pk: string; readonly sk: string };

type Replayed = StoredReply & { readonly large: boolean };

const nameOf = ({ sk }: Address): string => `idempotency-${sha256(sk)}`;

function replay(earlier: z.output<typeof Existing>, bodyHash: string): Replayed {
  if (earlier.bodyHash !== bodyHash) {
    throw new AppError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key was used with another body or query. Use a new key.',
    );
  }
  if (!earlier.reply) {
    throw new AppError('IDEMPOTENCY_IN_PROGRESS', 'The first request with this Idempotency-Key is still in progress.');
  }
  const { status, headers, body, isBase64, large = false } = earlier.reply;
  return { status, headers: { ...headers, 'Idempotency-Replayed': 'true' }, body, isBase64, large };
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
