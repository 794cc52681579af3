import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readItem } from '../../platform/dynamo/read-item';
import type { Run } from '../run/run';
import type { ServiceRuns } from '../run/service-runs';

/** Says in which workspace an owner of runs is, and that it is; deleted with it. @param ownedIn of the service's manifest */
export const ownerKey = (ownedIn: string, owner: string) => ({ pk: `${ownedIn}${owner}`, sk: 'OWNER' });

export type HasOwner = (run: Run) => Promise<boolean>;

/**
 * Whether what a run belongs to is still there: its runs are out of sight at once, though they are removed later. Costs a
 * read for runs of services whose owners have a record, nothing for others.
 */
export const ownersIn =
  (db: DynamoDBDocumentClient, table: string, services: ServiceRuns): HasOwner =>
  async ({ room, owner }) => {
    const ownedIn = services[room]?.ownedIn;
    if (ownedIn === undefined || owner === undefined) return true;
    return (await readItem(db, table, ownerKey(ownedIn, owner))) !== undefined;
  };
