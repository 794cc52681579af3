import { setTimeout } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../http/errors';
import { isRefused, sendTransaction, type TransactItem } from './send-transaction';

/** One write of a transaction, and what it means when its condition does not hold. */
export interface Write {
  readonly item: TransactItem;
  readonly refused: () => Error;
}

/**
 * Writes all or nothing; DynamoDB takes 100 items at most.
 * @throws what the first write says whose condition does not hold; AppError when the store fails
 */
export async function transact(db: DynamoDBDocumentClient, writes: readonly Write[]): Promise<void> {
  const items = writes.map(({ item }) => item);
  await sendTransaction(db, items, (reasons) => {
    const at = reasons.findIndex(isRefused);
    const refused = writes[at];
    if (refused) throw refused.refused();
    return undefined;
  });
}

/**
 * One item with a version as it should be, if it is still as it was read: the version is raised by each write, which
 * names the one it knows.
 * @param before undefined for a new one
 * @param after undefined: it is deleted
 * @param what named by the WriteConflict of a write that came too late
 */
export function versionedWrite(
  table: string,
  key: Readonly<Record<string, string>>,
  before: { readonly version: number } | undefined,
  after: object | undefined,
  what: string,
): Write {
  const held = before
    ? {
        ConditionExpression: '#version = :held',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':held': before.version },
      }
    : { ConditionExpression: 'attribute_not_exists(pk)' };
  const version = (before?.version ?? 0) + 1;
  return {
    item: after
      ? { Put: { TableName: table, Item: { ...key, ...after, version }, ...held } }
      : { Delete: { TableName: table, Key: key, ...held } },
    refused: () => new WriteConflict(what),
  };
}

/** What was read has been changed by somebody else before it could be written. */
export class WriteConflict extends Error {
  override readonly name = 'WriteConflict';
}

const MAX_TURNS = 12;

/**
 * Does work that reads, decides and writes under the condition that nothing changed in between; again when it did.
 * @throws what the work throws; AppError `SERVICE_UNAVAILABLE` when others are always faster
 */
export async function retryOnConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (turn === MAX_TURNS)
        throw new AppError('SERVICE_UNAVAILABLE', 'This is being changed by many at once. Try again shortly.', {
          cause: error,
        });
      await setTimeout(Math.random() * 10 * turn);
    }
  }
}
