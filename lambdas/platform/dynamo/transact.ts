import { setTimeout } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { AppError } from '../http/errors';
import { storeFailed } from './store-errors';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One write of a transaction, and what it means when its condition does not hold. */
export interface Write {
  readonly item: TransactItem;
  readonly refused: () => Error;
}

/** Items that many write at the same time (counters): each try meets fewer of the others. */
const MAX_CONFLICTS = 15;

/**
 * Writes all or nothing; DynamoDB takes 100 items at most.
 * @throws what the first write says whose condition does not hold; AppError when the store fails
 */
export async function transact(db: DynamoDBDocumentClient, writes: readonly Write[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await db.send(new TransactWriteCommand({ TransactItems: writes.map(({ item }) => item) }));
      return;
    } catch (error) {
      const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
      const refused = writes.find((_, index) => reasons[index]?.Code === 'ConditionalCheckFailed');
      if (refused) throw refused.refused();
      const busy = reasons.some(({ Code }) => Code === 'TransactionConflict' || Code === 'ThrottlingError');
      if (!busy || attempt === MAX_CONFLICTS) return storeFailed(error);
      await setTimeout(Math.random() * Math.min(500, 10 * 2 ** attempt));
    }
  }
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
