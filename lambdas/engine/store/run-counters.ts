import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { queryAll } from '../../platform/dynamo/query-pages';
import { ttl } from '../../platform/dynamo/ttl';
import type { OtherWrite } from './fenced-write';
import { isTerminal, wallMs, type Run } from '../run/run';

/**
 * Counters of what belongs together (the runs of a function): in buckets of an hour, written in the transaction that
 * ends the run, so that each run counts once (docs/contracts/functions.md#counters).
 */
export interface RunCounts {
  readonly invocations: number;
  readonly errors: number;
  /** Milliseconds, over all invocations. */
  readonly durationMs: number;
}

const HOUR_MS = 3_600_000;
/** A bucket counts while it began within the window: a call counts for at least 23 and at most 24 hours. */
const WINDOW_MS = 24 * HOUR_MS;
/** Runs that end at the same time write to different items of a bucket. */
const SHARDS = 8;

export const runCountsPartition = (workspace: string, owner: string): string => `${workspace}#METER#${owner}`;

const hourOf = (epochMs: number): string =>
  new Date(Math.floor(epochMs / HOUR_MS) * HOUR_MS).toISOString().slice(0, 13);

/** The counting that goes with the end of a run, or nothing for a run that is not counted. */
export function runCountsWrites(table: string, ended: Run): OtherWrite[] {
  if (!ended.counted || ended.owner === undefined || !isTerminal(ended.status)) return [];
  const at = ended.finishedAt ?? ended.createdAt;
  return [
    countingWrite(table, ended.workspace, ended.owner, {
      at,
      error: isErrorOf(ended),
      durationMs: wallMs(ended),
      shard: shardOf(ended.id),
    }),
  ];
}

/** One invocation, counted; for a transaction. @param call.at epoch ms of its end */
export function countingWrite(
  table: string,
  workspace: string,
  owner: string,
  call: { readonly at: number; readonly error: boolean; readonly durationMs: number; readonly shard: number },
): OtherWrite {
  return {
    Update: {
      TableName: table,
      Key: { pk: runCountsPartition(workspace, owner), sk: `${hourOf(call.at)}#${call.shard}` },
      UpdateExpression: 'ADD invocations :one, errors :error, durationMs :duration SET expiresAt = :expires',
      ExpressionAttributeValues: {
        ':one': 1,
        ':error': call.error ? 1 : 0,
        ':duration': call.durationMs,
        ':expires': ttl(call.at + 2 * WINDOW_MS),
      },
    },
  };
}

const shardOf = (id: string): number => id.charCodeAt(id.length - 1) % SHARDS;

/** A run is counted as an error unless it answered with a status of 200 to 299. */
export function isErrorOf(run: Pick<Run, 'status' | 'statusCode'>): boolean {
  if (run.status !== 'COMPLETED') return true;
  const statusCode = run.statusCode ?? 200;
  return statusCode < 200 || statusCode > 299;
}

const Bucket = z.object({ invocations: z.number(), errors: z.number(), durationMs: z.number() });

/** What the buckets of the last 24 hours hold together. */
export async function readRunCounts(
  db: DynamoDBDocumentClient,
  table: string,
  workspace: string,
  owner: string,
  now: number,
): Promise<RunCounts> {
  const items = await queryAll(db, {
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND sk > :from',
    ExpressionAttributeValues: { ':pk': runCountsPartition(workspace, owner), ':from': `${hourOf(now - WINDOW_MS)}#~` },
    ConsistentRead: true,
  });
  return items.reduce<RunCounts>(
    (sum, item) => {
      const bucket = Bucket.parse(item);
      return {
        invocations: sum.invocations + bucket.invocations,
        errors: sum.errors + bucket.errors,
        durationMs: sum.durationMs + bucket.durationMs,
      };
    },
    { invocations: 0, errors: 0, durationMs: 0 },
  );
}
