import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { queryPages } from '../../platform/dynamo/query-pages';
import { readItem } from '../../platform/dynamo/read-item';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';
import { OPEN_RUNS } from '../keys';
import type { DecisionPlace } from './audit';

const OpenRun = z.object({ workspace: z.string(), base: z.string(), since: z.number() });
/** A run that is looked after, since it is not at its end, or the system has to approve its card. */
export type OpenRun = z.output<typeof OpenRun>;

const keyOf = ({ workspace, base }: DecisionPlace) => ({ pk: OPEN_RUNS, sk: `${workspace}#${base}` });

export class OpenRuns {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  async find(place: DecisionPlace): Promise<OpenRun | undefined> {
    const item = await readItem(this.#db, this.#table, keyOf(place));
    return item && OpenRun.parse(item);
  }

  /** Page by page: there may be more than anybody wants to hold at once. */
  async *all(): AsyncGenerator<readonly OpenRun[]> {
    const pages = queryPages(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': OPEN_RUNS },
      ConsistentRead: true,
    });
    for await (const page of pages) yield page.map((item) => OpenRun.parse(item));
  }

  /** Looks after it no longer, unless it has been opened again since it was read. */
  async forget(open: OpenRun): Promise<void> {
    const command = new DeleteCommand({
      TableName: this.#table,
      Key: keyOf(open),
      ConditionExpression: 'since = :since',
      ExpressionAttributeValues: { ':since': open.since },
    });
    await this.#db.send(command).catch((error: unknown) => {
      if (!isConditionFailed(error)) storeFailed(error);
    });
  }
}
