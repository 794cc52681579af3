import { UpdateCommand, type DynamoDBDocumentClient, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isRefused, sendTransaction, type TransactItem } from '../../platform/dynamo/send-transaction';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';

type Item = Record<string, unknown>;
export type OtherWrite = TransactItem;

/** A conditional update of one item. */
export type FencedUpdate = UpdateCommandInput & { UpdateExpression: string };

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
  if (others.length > 0)
    return sendTransaction(db, [{ Update: fenced }, ...others], ([fence]) =>
      fence?.Item && isRefused(fence) ? unmarshall(fence.Item) : undefined,
    );
  try {
    await db.send(new UpdateCommand(fenced));
    return undefined;
  } catch (error) {
    if (isConditionFailed(error) && error.Item) return unmarshall(error.Item);
    return storeFailed(error);
  }
}
