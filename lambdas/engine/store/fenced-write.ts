import { setTimeout } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';

type Item = Record<string, unknown>;
export type OtherWrite = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A conditional update of one item. */
export type FencedUpdate = UpdateCommandInput & { UpdateExpression: string };

/** Counters are shared between runs that end at the same time: each try meets fewer of them. */
const MAX_CONFLICTS = 12;

/**
 * One conditional update, alone or in a transaction with others.
 * @returns undefined when it was written, else the item as it stands because the condition does not hold
 * @throws AppError when the store fails
 */
export async function fencedWrite(
  db: DynamoDBDocumentClient,
  update: FencedUpdate,
  others: readonly OtherWrite[],
): Promise<Item | undefined> {
  const fenced = { ...update, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  if (others.length > 0) return transact(db, [{ Update: fenced }, ...others]);
  try {
    await db.send(new UpdateCommand(fenced));
    return undefined;
  } catch (error) {
    if (isConditionFailed(error) && error.Item) return unmarshall(error.Item);
    return storeFailed(error);
  }
}

/** The first of the items is the fenced one. */
async function transact(db: DynamoDBDocumentClient, items: OtherWrite[]): Promise<Item | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await db.send(new TransactWriteCommand({ TransactItems: items }));
      return undefined;
    } catch (error) {
      const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
      const [fence] = reasons;
      if (fence?.Code === 'ConditionalCheckFailed' && fence.Item) return unmarshall(fence.Item);
      const conflict = reasons.some(({ Code }) => Code === 'TransactionConflict' || Code === 'ThrottlingError');
      if (!conflict || attempt === MAX_CONFLICTS) return storeFailed(error);
      await setTimeout(Math.random() * Math.min(1_000, 10 * 2 ** attempt));
    }
  }
}
