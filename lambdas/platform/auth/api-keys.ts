import { createHash, randomBytes } from 'node:crypto';
import { DeleteCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from '../time/clock';
import { ALL_SCOPES, credentialOf, unauthenticated, type Authenticate, type Principal } from './principal';
import type { Scope } from '../http/route';
import { queryAll, type StoredItem } from '../dynamo/query-pages';
import { readItem } from '../dynamo/read-item';
import { isConditionFailed, storeFailed } from '../dynamo/store-errors';

/**
 * API keys: hashed at rest, shown once, scoped to workspaces (docs/contracts/common.md#credentials).
 * A key is 256 random bits, so that a plain SHA-256 is as safe as a slow hash and costs nothing per request.
 */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly workspaces: readonly string[];
  readonly createdAt: number;
  /** Epoch ms. */
  readonly expiresAtMs: number | undefined;
  readonly lastUsedAt: number | undefined;
}

const PARTITION = 'API_KEYS';
/** A key's last use is noted at most this often, so that a busy key does not cost a write per request. */
const LAST_USED_EVERY_MS = 60 * 60_000;

const Item = z.object({
  sk: z.string(),
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(['read', 'run', 'write', 'admin'])),
  workspaces: z.array(z.string()).min(1),
  createdAt: z.number(),
  expiresAtMs: z.number().optional(),
  lastUsedAt: z.number().optional(),
});

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const addressOf = (hash: string) => ({ pk: PARTITION, sk: hash });

function toApiKey(item: unknown): ApiKey {
  const { id, name, scopes, workspaces, createdAt, expiresAtMs, lastUsedAt } = Item.parse(item);
  return { id, name, scopes, workspaces, createdAt, expiresAtMs, lastUsedAt };
}

export class ApiKeyStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** @returns the key itself, which is not stored and cannot be shown again */
  async create(
    input: { name: string; scopes: readonly Scope[]; workspaces: readonly string[]; expiresAtMs?: number | undefined },
    now: number,
  ): Promise<{ secret: string; key: ApiKey }> {
    const secret = `nk_${randomBytes(32).toString('base64url')}`;
    const hash = hashOf(secret);
    const key: ApiKey = {
      id: `key-${hash.slice(0, 12)}`,
      ...input,
      expiresAtMs: input.expiresAtMs,
      createdAt: now,
      lastUsedAt: undefined,
    };
    await this.#db
      .send(new PutCommand({ TableName: this.#table, Item: { ...addressOf(hash), ...key } }))
      .catch(storeFailed);
    return { secret, key };
  }

  async list(): Promise<ApiKey[]> {
    return (await this.#items()).map(toApiKey);
  }

  /** @returns false if there is no such key */
  async revoke(id: string): Promise<boolean> {
    const item = (await this.#items()).map((raw) => Item.parse(raw)).find((key) => key.id === id);
    if (!item) return false;
    await this.#db.send(new DeleteCommand({ TableName: this.#table, Key: addressOf(item.sk) })).catch(storeFailed);
    return true;
  }

  async find(secret: string): Promise<ApiKey | undefined> {
    const item = await readItem(this.#db, this.#table, addressOf(hashOf(secret)));
    return item && toApiKey(item);
  }

  /** Notes a use; a key revoked in between stays revoked. */
  async touch(secret: string, now: number): Promise<void> {
    await this.#db
      .send(
        new UpdateCommand({
          TableName: this.#table,
          Key: addressOf(hashOf(secret)),
          UpdateExpression: 'SET lastUsedAt = :now',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':now': now },
        }),
      )
      .catch((error: unknown) => (isConditionFailed(error) ? undefined : storeFailed(error)));
  }

  /** Opens one more workspace to a key, the last of its list; a key revoked in between stays revoked. */
  async grantWorkspace(keyHash: string, workspace: string): Promise<void> {
    await this.#db
      .send(
        new UpdateCommand({
          TableName: this.#table,
          Key: addressOf(keyHash),
          UpdateExpression: 'SET workspaces = list_append(workspaces, :added)',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':added': [workspace] },
        }),
      )
      .catch((error: unknown) => (isConditionFailed(error) ? undefined : storeFailed(error)));
  }

  #items(): Promise<StoredItem[]> {
    return queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': PARTITION },
    });
  }
}

/** Authentication by API key. */
export function byApiKey(store: Pick<ApiKeyStore, 'find' | 'touch'>, clock: Clock): Authenticate {
  return async (headers): Promise<Principal> => {
    const secret = credentialOf(headers);
    if (!secret) throw unauthenticated('A key is needed: send `Authorization: Bearer nk_...` or `X-API-Key: nk_...`.');
    const key = await store.find(secret);
    const now = clock.now();
    if (!key) throw unauthenticated('This key is not known. It may have been revoked.');
    if (key.expiresAtMs !== undefined && key.expiresAtMs <= now)
      throw unauthenticated('This key has expired. Ask for a new one.');
    if ((key.lastUsedAt ?? 0) < now - LAST_USED_EVERY_MS) await store.touch(secret, now);
    const [workspace] = key.workspaces;
    if (workspace === undefined) throw unauthenticated('This key belongs to no workspace. Ask for a new one.');
    return {
      subject: key.name,
      scopes: new Set(key.scopes),
      workspace,
      workspaces: key.workspaces,
      allWorkspaces: false,
      keyHash: hashOf(secret),
    };
  };
}

export const isScope = (text: string): text is Scope => ALL_SCOPES.some((scope) => scope === text);
