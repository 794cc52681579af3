import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchGet } from '../../platform/dynamo/batch';
import { queryPages } from '../../platform/dynamo/query-pages';
import { storeFailed } from '../../platform/dynamo/store-errors';
import { LIMITS } from '../run/limits';
import { Run, type RunStatus } from '../run/run';
import {
  ENDED_BY_OWNER,
  type ENDED_BY_ROOM,
  expiryOf,
  monthOf,
  monthsBack,
  OPEN_INDEX,
  OPEN_SHARDS,
  runKey,
  runsPartition,
  timeOfRun,
} from '../run/run-keys';

export interface RunFilter {
  readonly service: string;
  readonly status?: RunStatus | undefined;
  readonly batchId?: string | undefined;
}

export interface RunPage {
  readonly runs: Run[];
  /** Id of the last run looked at, or undefined when there are no more. */
  readonly next: string | undefined;
}

const RETENTION_MS = LIMITS.retentionDays * 86_400_000;
/** Pages of up to 1 MB that one listing reads at most: a rare status answers with fewer runs and a cursor. */
const MAX_PAGES = 10;

/** Where runs that are over are listed. */
export interface EndedPartition {
  readonly index: typeof ENDED_BY_ROOM | typeof ENDED_BY_OWNER;
  readonly partition: string;
}

const EndedKey = z.object({ pk: z.string(), sk: z.string() });
export type EndedKey = z.output<typeof EndedKey>;

/** Finding runs without knowing their ids. */
export class RunIndex {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** Runs of a workspace, newest first. @param before id of the last run of the page before */
  async list(
    workspace: string,
    filter: RunFilter,
    limit: number,
    before: string | undefined,
    now: number,
  ): Promise<RunPage> {
    const runs: Run[] = [];
    let position = before;
    const from = before === undefined ? now : (timeOfRun(before) ?? now);
    let pages = 0;
    for (const month of monthsBack(from, Math.max(0, RETENTION_MS - (now - from)))) {
      let next: Record<string, unknown> | undefined =
        position !== undefined && monthOf(timeOfRun(position) ?? 0) === month ? runKey(workspace, position) : undefined;
      do {
        if (pages >= MAX_PAGES) return { runs, next: position };
        pages += 1;
        const page = await this.#page(workspace, month, filter, next);
        for (const run of page.runs) {
          if (expiryOf(run.createdAt, LIMITS.retentionDays) * 1000 <= now) continue;
          runs.push(run);
          if (runs.length > limit) return { runs: runs.slice(0, limit), next: runs[limit - 1]?.id };
        }
        next = page.next;
        position = page.next ? String(page.next['sk']) : (page.runs.at(-1)?.id ?? position);
      } while (next);
    }
    return { runs, next: undefined };
  }

  async #page(workspace: string, month: string, filter: RunFilter, start: Record<string, unknown> | undefined) {
    const conditions = { room: filter.service, status: filter.status, batchId: filter.batchId };
    const wanted = Object.entries(conditions).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const page = await this.#db
      .send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk',
          FilterExpression: wanted.map(([name]) => `#${name} = :${name}`).join(' AND '),
          ExpressionAttributeNames: Object.fromEntries(wanted.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ':pk': runsPartition(workspace, month),
            ...Object.fromEntries(wanted.map(([name, value]) => [`:${name}`, value])),
          },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: 200,
          ...(start && { ExclusiveStartKey: start }),
        }),
      )
      .catch(storeFailed);
    return { runs: (page.Items ?? []).map((item) => Run.parse(item)), next: page.LastEvaluatedKey };
  }

  /**
   * Runs that are over, by the time of their end, newest first; ties by id. The index is milliseconds behind the table.
   * @param of a partition of one of the ended indexes (`run-keys.ts`)
   * @returns keys in pages; the runs themselves are read with `read`
   */
  async *ended(of: EndedPartition, pageSize: number): AsyncGenerator<EndedKey[]> {
    const partition = of.index === ENDED_BY_OWNER ? 'endedOwner' : 'endedRoom';
    const pages = queryPages(this.#db, {
      TableName: this.#table,
      IndexName: of.index,
      KeyConditionExpression: '#partition = :partition',
      ExpressionAttributeNames: { '#partition': partition },
      ExpressionAttributeValues: { ':partition': of.partition },
      ScanIndexForward: false,
      Limit: pageSize,
    });
    for await (const page of pages) yield page.map((item) => EndedKey.parse(item));
  }

  /** Runs of these keys, in their order; what is no longer there, or outlived its retention, is left out. */
  async read(keys: readonly EndedKey[], now: number): Promise<Run[]> {
    const found = new Map<string, Run>();
    for (const item of await batchGet(
      this.#db,
      this.#table,
      keys.map(({ pk, sk }) => ({ pk, sk })),
    )) {
      const run = Run.parse(item);
      if (expiryOf(run.createdAt, LIMITS.retentionDays) * 1000 > now) found.set(run.id, run);
    }
    return keys.flatMap(({ sk }) => found.get(sk) ?? []);
  }

  /** Runs that are not over and whose deadline passes at this time or before. */
  async overdue(at: number): Promise<Run[]> {
    const overdue: Run[] = [];
    for (let shard = 0; shard < OPEN_SHARDS; shard += 1) {
      for await (const keys of this.#openKeys(shard)) {
        const runs = (await batchGet(this.#db, this.#table, keys)).map((item) => Run.parse(item));
        overdue.push(...runs.filter((run) => run.deadlineAt <= at));
      }
    }
    return overdue;
  }

  /** Keys of open runs, at most 100 at a time, which is what one BatchGet takes. */
  async *#openKeys(shard: number): AsyncGenerator<{ pk: unknown; sk: unknown }[]> {
    const pages = queryPages(this.#db, {
      TableName: this.#table,
      IndexName: OPEN_INDEX,
      KeyConditionExpression: 'openShard = :shard',
      ExpressionAttributeValues: { ':shard': `OPEN#${shard}` },
      Limit: 100,
    });
    for await (const page of pages) yield page.map(({ pk, sk }) => ({ pk, sk }));
  }
}
