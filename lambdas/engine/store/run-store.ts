import { randomBytes } from 'node:crypto';
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readItem } from '../../platform/dynamo/read-item';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';
import { checkVersion } from '../../platform/version';
import { encodeEvent, type StoredEvent } from '../events/event';
import { EventLog } from './event-log';
import { fencedWrite, type FencedUpdate, type OtherWrite } from './fenced-write';
import { LIMITS } from '../run/limits';
import { runCountsWrites } from './run-counters';
import { isTerminal, Run } from '../run/run';
import { chunkPartition, endedKeys, expiryOf, openShardOf, runKey } from '../run/run-keys';
import { LOG_VERSION } from '../run/versions';

/** A write that named an attempt or a place in the log which is no longer the newest. Nothing was written. */
export class StaleAttempt extends Error {
  override readonly name = 'StaleAttempt';
  /** The record as it really is. */
  readonly current: Run;

  constructor(current: Run) {
    super(`Run ${current.id} has moved on`);
    this.current = current;
  }
}

/** What a service writes in the transaction that creates a run: neither is there without the other. */
export interface CompanionWrites {
  /** Its condition decides: where it does not hold, there is no run. */
  readonly update: FencedUpdate;
  readonly others: readonly OtherWrite[];
}

/** The condition of what was to be written together with a run does not hold. Nothing was written. */
export class CompanionConflict extends Error {
  override readonly name = 'CompanionConflict';
}

/** What may change together with an append: status and the facts that come with it. */
export type RunChange = Partial<Omit<Run, 'workspace' | 'id' | 'createdAt' | 'lastSeq' | 'tail' | 'tailFrom'>>;

/**
 * The runs table: one item per run holds the record and its newest events, older events are in chunks.
 * A status and its event are one conditional write of one item (docs/adr/0004).
 */
export class RunStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #log: EventLog;
  readonly #ended: (run: Run) => void;

  /** @param ended told of each run that this store has ended, once it is stored; must not throw */
  constructor(db: DynamoDBDocumentClient, table: string, ended: (run: Run) => void = () => undefined) {
    this.#db = db;
    this.#table = table;
    this.#log = new EventLog(db, table);
    this.#ended = ended;
  }

  /** Stores a new run. @throws CompanionConflict; AppError `SERVICE_UNAVAILABLE` */
  async create(run: Run, together?: CompanionWrites): Promise<void> {
    const item = {
      ...runKey(run.workspace, run.id),
      ...run,
      openShard: openShardOf(run.id),
      expiresAt: expiryOf(run.createdAt, LIMITS.retentionDays),
    };
    const put = { TableName: this.#table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' };
    if (together) {
      const refused = await fencedWrite(this.#db, together.update, [{ Put: put }, ...together.others]);
      if (refused) throw new CompanionConflict(`Run ${run.id} was not created`);
      return;
    }
    await this.#db
      .send(new PutCommand(put))
      // An id is used once: where it stands already, an earlier try of this very write arrived.
      .catch((error: unknown) => (isConditionFailed(error) ? undefined : storeFailed(error)));
  }

  /**
   * The run, or undefined if there is none of this id in this workspace, or it is older than its retention.
   * @param consistent false: half the price, and may be milliseconds behind
   */
  async get(workspace: string, id: string, now: number, consistent = true): Promise<Run | undefined> {
    const item = await readItem(this.#db, this.#table, runKey(workspace, id), consistent);
    if (!item) return undefined;
    const run = Run.parse(item);
    // DynamoDB deletes up to days after the time: what has outlived its retention is gone for callers at once.
    return expiryOf(run.createdAt, LIMITS.retentionDays) * 1000 <= now ? undefined : run;
  }

  /**
   * Appends events and changes the record in one write, if `run` is still how the record stands.
   * @param run the record as its writer knows it
   * @returns the record after the write
   * @throws StaleAttempt when somebody else wrote in between, or the run is over; NewerVersion when its log is of a later
   * format than this release writes
   */
  async append(run: Run, events: readonly StoredEvent[], change: RunChange = {}): Promise<Run> {
    checkVersion(`the log of ${run.id}`, run.logVersion, LOG_VERSION);
    const added = events.map(encodeEvent);
    const next: Run = {
      ...run,
      ...change,
      ...(await this.#log.grown(run, added, {
        partition: chunkPartition(run.workspace, run.id),
        expiresAt: expiryOf(run.createdAt, LIMITS.retentionDays),
      })),
    };
    const spilled = next.tailFrom !== run.tailFrom;
    const token = randomBytes(6).toString('base64url');
    const { lastSeq, tail, tailFrom } = next;
    const fields = Object.fromEntries(
      Object.entries({ ...change, ...endedKeys(next), lastSeq, token, ...(spilled && { tail, tailFrom }) }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    const sets = Object.keys(fields).map((name) => `#${name} = :${name}`);
    if (!spilled) sets.push('#tail = list_append(#tail, :added)');
    const over = isTerminal(next.status);
    const current = await fencedWrite(
      this.#db,
      {
        TableName: this.#table,
        Key: runKey(run.workspace, run.id),
        UpdateExpression: `SET ${sets.join(', ')}${over ? ' REMOVE #open' : ''}`,
        ConditionExpression: 'attribute_exists(#open) AND #attempt = :heldAttempt AND #lastSeq = :heldSeq',
        ExpressionAttributeNames: {
          ...Object.fromEntries(Object.keys(fields).map((name) => [`#${name}`, name])),
          ...(!spilled && { '#tail': 'tail' }),
          '#open': 'openShard',
          '#attempt': 'attempt',
          '#lastSeq': 'lastSeq',
        },
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
          ...(!spilled && { ':added': added }),
          ':heldAttempt': run.attempt,
          ':heldSeq': run.lastSeq,
        },
      },
      runCountsWrites(this.#table, next),
    );
    // Where the token stands, the answer to an earlier try of this very write was lost, and the SDK tried again.
    if (current === undefined || current['token'] === token) {
      if (over) this.#ended(next);
      return next;
    }
    throw new StaleAttempt(Run.parse(current));
  }

  /** Encoded events of a run with a seq above `after`, in order and without a gap, at most `limit`. */
  encodedAfter(run: Run, after: number, limit: number): Promise<string[]> {
    return this.#log.after(run, chunkPartition(run.workspace, run.id), after, limit);
  }

  /** Encoded events that no longer stand in the record, from `fromSeq` on; at least one and at most `limit`, if there are. */
  chunked(run: Run, fromSeq: number, limit: number): Promise<string[]> {
    return this.#log.chunked(run, chunkPartition(run.workspace, run.id), fromSeq, limit);
  }
}
