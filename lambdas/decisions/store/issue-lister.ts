import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchGet } from '../../platform/dynamo/batch';
import { queryPages } from '../../platform/dynamo/query-pages';
import { issueKey, issuesPartition } from '../keys';
import { IssueRecord } from '../model';

const Listed = z.object({ base: z.string(), submitterId: z.string(), status: z.string() });

interface Wanted {
  readonly status: string | undefined;
  /** undefined: of anybody. */
  readonly submitterId: string | undefined;
  readonly skip: number;
  readonly limit: number;
}

/** Lists the issues of a workspace, newest first. */
export class IssueLister {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  async list(workspace: string, wanted: Wanted): Promise<IssueRecord[]> {
    const bases = await this.#bases(workspace, wanted);
    const items = await batchGet(
      this.#db,
      this.#table,
      bases.map((base) => issueKey(workspace, base)),
    );
    const byPartition = new Map(items.map((item) => [String(item['pk']), IssueRecord.parse(item)]));
    return bases.flatMap((base) => byPartition.get(issueKey(workspace, base).pk) ?? []);
  }

  async #bases(workspace: string, { status, submitterId, skip, limit }: Wanted): Promise<string[]> {
    const bases: string[] = [];
    const pages = queryPages(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': issuesPartition(workspace) },
      ScanIndexForward: false,
      ConsistentRead: true,
    });
    for await (const page of pages) {
      const found = page
        .map((item) => Listed.parse(item))
        .filter((one) => (status ?? one.status) === one.status && (submitterId ?? one.submitterId) === one.submitterId);
      bases.push(...found.map(({ base }) => base));
      if (bases.length >= skip + limit) break;
    }
    return bases.slice(skip, skip + limit);
  }
}
