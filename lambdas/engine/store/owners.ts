import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readItem } from '../../platform/dynamo/read-item';
import type { Run } from '../run/run';

/** Says in which workspace a function is, and that it is; deleted with it. */
export const ownerKey = (functionId: string) => ({ pk: `FUNCTION#${functionId}`, sk: 'OWNER' });

export type HasOwner = (run: Run) => Promise<boolean>;

/**
 * Whether what a run belongs to is still there: the runs of a deleted function are out of sight at once, though they are
 * removed later (docs/contracts/functions.md#delete). Costs a read for runs of functions, nothing for others.
 */
export const ownersIn =
  (db: DynamoDBDocumentClient, table: string): HasOwner =>
  async ({ room, owner }) =>
    room !== 'functions' || owner === undefined || (await readItem(db, table, ownerKey(owner))) !== undefined;
