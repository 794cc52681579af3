import { DeleteCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Envelope, Sealed } from '../../engine';
import { readItem } from '../../platform/dynamo/read-item';
import { storeFailed } from '../../platform/dynamo/store-errors';
import { ttl } from '../../platform/dynamo/ttl';
import { credentialsKey } from '../keys';

/** What clients send that have none. */
const NONE = new Set(['', 'AWS', 'dummy-password']);

export const isCredential = (value: string | null | undefined): value is string =>
  value !== undefined && value !== null && !NONE.has(value);

const Kept = z.object({ sealed: Sealed });
const Pair = z.object({ username: z.string(), password: z.string() });
type Pair = z.output<typeof Pair>;

/**
 * Credentials of one push, sealed by the stage's key and apart from its task. They go with the end of the task, in the same
 * transaction (task/task-store.ts).
 */
export class CredentialStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #envelope: Envelope;

  constructor(db: DynamoDBDocumentClient, table: string, envelope: Envelope) {
    this.#db = db;
    this.#table = table;
    this.#envelope = envelope;
  }

  /** @param until epoch ms after which nobody needs them */
  async put(taskId: string, pair: Pair, until: number): Promise<void> {
    const sealed = await this.#envelope.seal(credentialsKey(taskId).pk, { ...pair });
    const Item = { ...credentialsKey(taskId), sealed, expiresAt: ttl(until) };
    await this.#db.send(new PutCommand({ TableName: this.#table, Item })).catch(storeFailed);
  }

  async get(taskId: string): Promise<Pair | undefined> {
    const item = await readItem(this.#db, this.#table, credentialsKey(taskId));
    if (!item) return undefined;
    return Pair.parse(await this.#envelope.open(credentialsKey(taskId).pk, Kept.parse(item).sealed));
  }

  async delete(taskId: string): Promise<void> {
    await this.#db.send(new DeleteCommand({ TableName: this.#table, Key: credentialsKey(taskId) })).catch(storeFailed);
  }
}
