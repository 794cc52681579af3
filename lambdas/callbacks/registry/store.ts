import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { AppError } from '../../platform/http/errors';
import { queryAll } from '../../platform/dynamo/query-pages';
import { readItem } from '../../platform/dynamo/read-item';
import { transact, versionedWrite, WriteConflict, type Write } from '../../platform/dynamo/transact';
import { CallbackRecord, claimsOf, Deployment, StoredEnv, type Claim } from './callback';
import { callbackKey, callbacksPartition, pathPartition, routeKey } from '../keys';
import { METHODS, type CallMethod } from '../limits';
import { readPage, type Page } from '../../platform/dynamo/read-page';

/** What answers calls on a route. */
export const Route = z.object({
  callbackId: z.number(),
  deployment: Deployment.optional(),
  env: StoredEnv.optional(),
});
export type Route = z.output<typeof Route>;

const MethodItem = Route.extend({ sk: z.enum(METHODS) });

/** Callbacks and the routes they hold, in the entities table. */
export class CallbackStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  async find(workspace: string, id: number): Promise<CallbackRecord | undefined> {
    const item = await readItem(this.#db, this.#table, callbackKey(workspace, id));
    return item && CallbackRecord.parse(item);
  }

  /** @throws AppError `CALLBACK_NOT_FOUND` */
  async get(workspace: string, id: number): Promise<CallbackRecord> {
    const record = await this.find(workspace, id);
    if (!record) throw new AppError('CALLBACK_NOT_FOUND', `There is no callback ${id}.`);
    return record;
  }

  /** Callbacks by id. @param after id of the last one of the page before */
  list(workspace: string, after: number | undefined, limit: number): Promise<Page<CallbackRecord>> {
    return readPage(
      this.#db,
      {
        table: this.#table,
        partition: callbacksPartition(workspace),
        after: after === undefined ? undefined : callbackKey(workspace, after),
        limit,
      },
      (item) => CallbackRecord.parse(item),
    );
  }

  /** What stands on a route; one read, and all that a call needs to know. */
  async route(workspace: string, name: string, method: CallMethod): Promise<Route | undefined> {
    const item = await readItem(this.#db, this.#table, routeKey(workspace, name, method));
    return item && Route.parse(item);
  }

  /** Methods of a path that are deployed. */
  async methodsOf(workspace: string, name: string): Promise<CallMethod[]> {
    const items = await queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pathPartition(workspace, name) },
      ConsistentRead: true,
    });
    return items
      .map((item) => MethodItem.parse(item))
      .filter(({ deployment }) => deployment !== undefined)
      .map(({ sk }) => sk);
  }

  /**
   * Writes a callback as it should be, with the routes it holds and whatever else has to change in the same moment.
   * @param before as it was read; undefined for a new one
   * @param after undefined: it is deleted
   * @throws WriteConflict when it was changed in between; AppError `CALLBACK_EXISTS`; what the other writes say
   */
  async save(
    before: CallbackRecord | undefined,
    after: CallbackRecord | undefined,
    others: readonly Write[] = [],
  ): Promise<void> {
    await transact(this.#db, [...this.writesOf(before, after), ...others]);
  }

  /** The same as writes, for a transaction that somebody else makes. */
  writesOf(before: CallbackRecord | undefined, after: CallbackRecord | undefined): Write[] {
    const record = after ?? before;
    if (!record) return [];
    const key = callbackKey(record.workspace, record.id);
    return [
      versionedWrite(this.#table, key, before, after, `callback ${record.id}`),
      ...this.#routeWrites(record, before ? claimsOf(before) : [], after ? claimsOf(after) : []),
    ];
  }

  #routeWrites({ workspace, id }: CallbackRecord, before: readonly Claim[], after: readonly Claim[]): Write[] {
    const on =
      ({ name, method }: Claim) =>
      (other: Claim) =>
        other.name === name && other.method === method;
    const keyOf = ({ name, method }: Claim) => routeKey(workspace, name, method);
    const ours = { ConditionExpression: 'callbackId = :id', ExpressionAttributeValues: { ':id': id } };
    const stale = () => new WriteConflict(`routes of callback ${id}`);
    const gone = before
      .filter((claim) => !after.some(on(claim)))
      .map((claim): Write => ({
        item: { Delete: { TableName: this.#table, Key: keyOf(claim), ...ours } },
        refused: stale,
      }));
    const put = after.flatMap((claim): Write[] => {
      const held = before.find(on(claim));
      const { deployment, env } = claim;
      if (held && JSON.stringify([held.deployment, held.env]) === JSON.stringify([deployment, env])) return [];
      const Item = { ...keyOf(claim), callbackId: id, deployment, env };
      return held
        ? [{ item: { Put: { TableName: this.#table, Item, ...ours } }, refused: stale }]
        : [
            {
              item: { Put: { TableName: this.#table, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
              refused: () => taken(claim),
            },
          ];
    });
    return [...gone, ...put];
  }
}

const taken = ({ name, method }: Claim): AppError =>
  new AppError('CALLBACK_EXISTS', `${method} '${name}' belongs to another callback already.`, {
    details: { path: name, method },
  });
