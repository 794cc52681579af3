import { ttl } from '../../platform/dynamo/ttl';
import { timeOfId } from '../../platform/ids';
import { isTerminal, type Run } from './run';

/**
 * Keys of the runs table. The workspace is part of every partition key. All runs that a workspace started in one month
 * share a partition, sorted by id and so by time: reading one and listing many need no index (docs/adr/0004).
 */
export const runKey = (workspace: string, id: string): { pk: string; sk: string } => ({
  pk: runsPartition(workspace, monthOf(timeOfRun(id) ?? 0)),
  sk: id,
});

export const runsPartition = (workspace: string, month: string): string => `${workspace}#RUNS#${month}`;

/** `2026-11`, in UTC. */
export const monthOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 7);

/** Months that can hold a run which is not older than `maxAgeMs`, newest first. */
export function monthsBack(now: number, maxAgeMs: number): string[] {
  const months: string[] = [];
  const oldest = monthOf(now - maxAgeMs);
  const day = new Date(now);
  for (;;) {
    const month = monthOf(day.getTime());
    months.push(month);
    if (month <= oldest) return months;
    day.setUTCDate(0); // the last day of the month before
  }
}

export const RUN_PREFIX = 'inv';
export const timeOfRun = (id: string): number | undefined => timeOfId(id, RUN_PREFIX);

/** Events that no longer stand in the run's own item. */
export const chunkPartition = (workspace: string, id: string): string => `${workspace}#EVENTS#${id}`;

/** Open runs are spread over this many partitions of the sparse index that the reaper reads. */
export const OPEN_SHARDS = 4;
export const openShardOf = (id: string): string => `OPEN#${id.charCodeAt(id.length - 1) % OPEN_SHARDS}`;
export const OPEN_INDEX = 'open';

/** Epoch seconds after which DynamoDB may delete. */
export const expiryOf = (createdAt: number, retentionDays: number): number => ttl(createdAt) + retentionDays * 86_400;

/** Sparse indexes of runs that are over, by the time of their end: of all runs of a service, and of one owner. */
export const ENDED_BY_ROOM = 'endedByRoom';
export const ENDED_BY_OWNER = 'endedByOwner';

/** Partition keys of those indexes. */
export const endedOfService = (workspace: string, service: string): string => `${workspace}#${service}`;
export const endedOfOwner = (workspace: string, owner: string): string => `${workspace}#${owner}`;

/** What puts a run into them: set as it ends, for runs that are listed so. Others cost no write. */
export function endedKeys(run: Run): Record<string, string> {
  if (!run.listedByEnd || !isTerminal(run.status)) return {};
  return {
    endedRoom: endedOfService(run.workspace, run.room),
    ...(run.owner !== undefined && { endedOwner: endedOfOwner(run.workspace, run.owner) }),
    endedSort: `${new Date(run.finishedAt ?? run.createdAt).toISOString()}#${run.id}`,
  };
}
