import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ownerKey, Sealed } from '../../engine';
import { FUNCTION_IDS, functionKey } from '../../platform/dynamo/functions';
import { readItem } from '../../platform/dynamo/read-item';
import { setFields } from '../../platform/dynamo/set-fields';
import { WriteConflict, type Write } from '../../platform/dynamo/transact';
import type { TargetName } from '../artifact';

/** What a deploy reads of a stored function; the rest is no concern of it. */
export const FunctionRow = z.object({
  workspace: z.string(),
  id: z.string(),
  /** MB. */
  memory: z.number(),
  /** Seconds. */
  timeout: z.number(),
  /** Environment values, sealed to the function's id; absent without names. */
  env: Sealed.optional(),
  status: z.string(),
  version: z.number(),
});
export type FunctionRow = z.output<typeof FunctionRow>;

/** What a deploy says of a function; all else of it is for its owner to say. */
export type DeployNews =
  | { readonly status: 'deploying' | 'failed' }
  | { readonly status: 'active'; readonly url: string; readonly target: TargetName; readonly at: number };

/** Stored functions, as far as deploys read and change them (docs/contracts/builds.md#deploy-time). */
export class FunctionRows {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** The workspace of a function; undefined if the id is of none. */
  async workspaceOf(id: string): Promise<string | undefined> {
    const owner = await readItem(this.#db, this.#table, ownerKey(FUNCTION_IDS, id));
    return owner && z.string().parse(owner['workspace']);
  }

  async find(workspace: string, id: string): Promise<FunctionRow | undefined> {
    const item = await readItem(this.#db, this.#table, functionKey(workspace, id));
    return item && FunctionRow.parse(item);
  }

  /** A disabled function stays disabled. The write is refused if the function has changed since it was read. */
  told(row: FunctionRow, news: DeployNews): Write {
    const { ExpressionAttributeValues, ...update } = setFields({
      version: row.version + 1,
      ...(row.status !== 'disabled' && { status: news.status }),
      ...(news.status === 'active' && {
        invocationUrl: news.url,
        issued: { url: news.url, target: news.target },
        lastDeployed: news.at,
      }),
    });
    return {
      item: {
        Update: {
          TableName: this.#table,
          Key: functionKey(row.workspace, row.id),
          ...update,
          ConditionExpression: '#version = :read',
          ExpressionAttributeValues: { ...ExpressionAttributeValues, ':read': row.version },
        },
      },
      refused: () => new WriteConflict('the function'),
    };
  }
}
