import { createHash } from 'node:crypto';
import { UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { queryAll, queryPages } from '../../platform/dynamo/query-pages';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';
import { WriteConflict, type Write } from '../../platform/dynamo/transact';
import { activityPartition, experiencesPartition, openCardsPartition } from '../keys';
import { DECISION_LIMITS } from '../limits';
import { DOMAINS, EMBEDDERS, type EmbedderName, type Experience } from '../model';

/** What somebody did or was asked to do. */
export const Activity = z.object({
  kind: z.enum(['SUBMITTED', 'OWNED', 'CO_REVIEWED', 'APPROVED', 'CONDITIONALLY_APPROVED', 'REJECTED']),
  /** What the ids of the decision have in common. */
  base: z.string(),
  /** Epoch ms. */
  at: z.number(),
  /** Of a decision: from the assignment of the card to it. */
  tookMs: z.number().optional(),
});
export type Activity = z.output<typeof Activity>;

const StoredExperience = z.object({
  base: z.string(),
  personIds: z.array(z.string()),
  domains: z.array(z.enum(DOMAINS)),
  summary: z.string(),
  outcome: z.enum(['APPROVED', 'REJECTED', 'CONDITIONAL']),
  decidedAt: z.number(),
  vector: z.array(z.number()),
  embedder: z.enum(EMBEDDERS),
});
/** A decision of people, as an experience of everybody who took part in it. */
export type DecidedExperience = z.output<typeof StoredExperience>;

const SHARDS = 16;
/** Before the ids of people in an item of counts: `pk` might be somebody's id. */
const COUNT = 'count#';

/** Epoch ms, so that keys are in the order of time. */
const sortable = (at: number): string => String(at).padStart(15, '0');

const shardOf = (personId: string): number => (createHash('sha256').update(personId).digest()[0] ?? 0) % SHARDS;

/** What decisions leave with people, in the entities table: open cards, activity, experiences. */
export class PersonStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /**
   * How many PENDING cards somebody owns changes. For the transaction that changes the card, whose version sees to it that
   * each change counts once.
   */
  openCardsChanged(workspace: string, ownerId: string, by: 1 | -1): Write {
    return this.#counted(workspace, shardOf(ownerId), [{ ownerId, by }]);
  }

  /** The same for a card that goes from one owner to another; null: to or from nobody. */
  openCardMoved(workspace: string, from: string | null, to: string | null): Write[] {
    if (from === to) return [];
    const changes = [
      ...(from === null ? [] : [{ ownerId: from, by: -1 }]),
      ...(to === null ? [] : [{ ownerId: to, by: 1 }]),
    ];
    // A transaction takes one write of an item, and both may be counted in the same one.
    const byShard = Map.groupBy(changes, ({ ownerId }) => shardOf(ownerId));
    return [...byShard].map(([shard, those]) => this.#counted(workspace, shard, those));
  }

  #counted(
    workspace: string,
    shard: number,
    changes: readonly { readonly ownerId: string; readonly by: number }[],
  ): Write {
    const update = {
      TableName: this.#table,
      Key: { pk: openCardsPartition(workspace), sk: `SHARD#${String(shard).padStart(2, '0')}` },
      UpdateExpression: `ADD ${changes.map((_, at) => `#count${at} :by${at}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(
        changes.map(({ ownerId }, at) => [`#count${at}`, `${COUNT}${ownerId}`]),
      ),
      ExpressionAttributeValues: Object.fromEntries(changes.map(({ by }, at) => [`:by${at}`, by])),
    };
    return { item: { Update: update }, refused: () => new WriteConflict('open cards') };
  }

  /** PENDING cards by owner; who owns none is not in it. */
  async openCards(workspace: string): Promise<ReadonlyMap<string, number>> {
    const items = await this.#all(openCardsPartition(workspace));
    const counts = items.flatMap((item) =>
      Object.entries(item).flatMap(([name, count]): [string, number][] =>
        name.startsWith(COUNT) && typeof count === 'number' && count > 0 ? [[name.slice(COUNT.length), count]] : [],
      ),
    );
    return new Map(counts);
  }

  activityAdded(workspace: string, personId: string, activity: Activity): Write {
    const { at, kind, base } = activity;
    const sk = `${sortable(at)}#${base}#${kind}`;
    const Item = { pk: activityPartition(workspace, personId), sk, ...activity };
    return { item: { Put: { TableName: this.#table, Item } }, refused: () => new WriteConflict('activity') };
  }

  /** @param since epoch ms */
  async activity(workspace: string, personId: string, since: number): Promise<Activity[]> {
    const items = await queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk AND sk >= :since',
      ExpressionAttributeValues: {
        ':pk': activityPartition(workspace, personId),
        ':since': sortable(Math.max(0, since)),
      },
      ConsistentRead: true,
    });
    return items.map((item) => Activity.parse(item));
  }

  /** Of one decision there is one experience: a later act of people on its card takes the place of an earlier one's. */
  experienceWritten(workspace: string, experience: DecidedExperience): Write {
    const Item = { pk: experiencesPartition(workspace), sk: experience.base, ...experience };
    return { item: { Put: { TableName: this.#table, Item } }, refused: () => new WriteConflict('an experience') };
  }

  /** What decisions of this workspace have added, newest first and at most 2,000 decisions' worth, by one embedder. */
  async experiences(workspace: string, embedder: EmbedderName): Promise<Experience[]> {
    return (await this.decidedExperiences(workspace)).flatMap((stored) => experiencesOf(stored, embedder));
  }

  /** The same, each decision once and by whichever embedder it was made. */
  async decidedExperiences(workspace: string): Promise<DecidedExperience[]> {
    const found: DecidedExperience[] = [];
    const pages = queryPages(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': experiencesPartition(workspace) },
      ScanIndexForward: false,
      ConsistentRead: true,
    });
    for await (const page of pages) {
      found.push(...page.map((item) => StoredExperience.parse(item)));
      if (found.length >= DECISION_LIMITS.experiences) break;
    }
    return found.slice(0, DECISION_LIMITS.experiences);
  }

  /** Another embedder's vector takes the place of one, unless people have decided anew meanwhile. */
  async experienceRenewed(workspace: string, before: DecidedExperience, after: DecidedExperience): Promise<void> {
    const update = {
      TableName: this.#table,
      Key: { pk: experiencesPartition(workspace), sk: before.base },
      UpdateExpression: 'SET #vector = :vector, embedder = :embedder',
      ConditionExpression: 'embedder = :before AND decidedAt = :decidedAt',
      ExpressionAttributeNames: { '#vector': 'vector' },
      ExpressionAttributeValues: {
        ':vector': after.vector,
        ':embedder': after.embedder,
        ':before': before.embedder,
        ':decidedAt': before.decidedAt,
      },
    };
    try {
      await this.#db.send(new UpdateCommand(update));
    } catch (error) {
      if (!isConditionFailed(error)) storeFailed(error);
    }
  }

  #all(pk: string) {
    return queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    });
  }
}

/** Vectors of different embedders are never compared (docs/contracts/decisions.md#routing-score). */
export function experiencesOf(
  { base, personIds, embedder, ...shared }: DecidedExperience,
  wanted: EmbedderName,
): Experience[] {
  const { domains, summary, outcome, decidedAt } = shared;
  const vector = embedder === wanted ? Float32Array.from(shared.vector) : new Float32Array(shared.vector.length);
  return personIds.map((personId) => ({
    id: `exp_${base}_${personId}`,
    personId,
    domains,
    summary,
    outcome,
    decidedAt,
    vector,
  }));
}
