import { BatchGetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { storeFailed } from '../platform/store-errors';
import { LIMITS } from './limits';
import { Run, type RunStatus } from './run';
import { expiryOf, monthOf, monthsBack, OPEN_INDEX, OPEN_SHARDS, runKey, runsPartition, timeOfRun } from './run-keys';

export interface RunFilter {
  readonly room: string;
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
    const conditions = { room: filter.room, status: filter.status, batchId: filter.batchId };
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

  /** Runs that are not over and whose deadline has passed. */
  async overdue(now: number): Promise<Run[]> {
    const overdue: Run[] = [];
    for (let shard = 0; shard < OPEN_SHARDS; shard += 1) {
      for await (const keys of this.#openKeys(shard)) {
        const { Responses } = await this.#db
          .send(new BatchGetCommand({ RequestItems: { [this.#table]: { Keys: keys, ConsistentRead: true } } }))
          .catch(storeFailed);
        const runs = (Responses?.[this.#table] ?? []).map((item) => Run.parse(item));
        overdue.push(...runs.filter((run) => run.deadlineAt <= now));
      }
    }
    return overdue;
  }

  /** Keys of open runs, at most 100 at a time, which is what one BatchGet takes. */
  async *#openKeys(shard: number): AsyncGenerator<{ pk: unknown; sk: unknown }[]> {
    let next: Record<string, unknown> | undefined;
    do {
      const page = await this.#db
        .send(
          new QueryCommand({
            TableName: this.#table,
            IndexName: OPEN_INDEX,
            KeyConditionExpression: 'openShard = :shard',
            ExpressionAttributeValues: { ':shard': `OPEN#${shard}` },
            Limit: 100,
            ...(next && { ExclusiveStartKey: next }),
          }),
        )
        .catch(storeFailed);
      if (page.Items?.length)
        yield page.Items.map((item) => ({ pk: item['pk'] as unknown, sk: item['sk'] as unknown }));
      next = page.LastEvaluatedKey;
    } while (next);
  }
}
