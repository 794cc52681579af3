import { setTimeout } from 'node:timers/promises';
import { TransactionCanceledException, type CancellationReason } from '@aws-sdk/client-dynamodb';
import {
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { storeFailed } from './store-errors';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Items that many write at the same time (counters): each try meets fewer of the others. */
const MAX_CONFLICTS = 15;
const MAX_WAIT_MS = 500;

/**
 * Writes all or nothing, and tries again while others write the same items; DynamoDB takes 100 items at most.
 * @param refusal what it means that a condition does not hold, by the reason of each item; undefined: it means nothing
 * @returns undefined when it was written, else the refusal
 * @throws what `refusal` throws; AppError when the store fails
 */
export async function sendTransaction<T>(
  db: DynamoDBDocumentClient,
  items: readonly TransactItem[],
  refusal: (reasons: readonly CancellationReason[]) => T | undefined,
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await db.send(new TransactWriteCommand({ TransactItems: [...items] }));
      return undefined;
    } catch (error) {
      const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
      const refused = refusal(reasons);
      if (refused !== undefined) return refused;
      const busy = reasons.some(({ Code }) => Code === 'TransactionConflict' || Code === 'ThrottlingError');
      if (!busy || attempt === MAX_CONFLICTS) return storeFailed(error);
      await setTimeout(Math.random() * Math.min(MAX_WAIT_MS, 10 * 2 ** attempt));
    }
  }
}

export const isRefused = ({ Code }: CancellationReason): boolean => Code === 'ConditionalCheckFailed';
