import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { readItem } from '../../platform/dynamo/read-item';
import { setFields } from '../../platform/dynamo/set-fields';
import { retryOnConflict, transact, WriteConflict, type Write } from '../../platform/dynamo/transact';
import { ttl } from '../../platform/dynamo/ttl';
import { checkVersion } from '../../platform/version';
import { decodeLogged, encodeNew, type LoggedEvent, type NewEvent } from '../events/logged-event';
import { LOG_VERSION } from '../run/versions';
import { EventLog, sizeOf } from './event-log';

/** The log of something that is no run: a task of a service, say. Its item says all that following it takes. */
const Log = z.object({
  logVersion: z.int().min(1).optional(),
  /** What kind of thing it is the log of, in a word; with the id it is the log's name. */
  kind: z.string(),
  id: z.string(),
  /** Who may read it. */
  workspace: z.string(),
  /** Epoch ms until which it can be read. Absent: it is kept. */
  keptUntil: z.number().optional(),
  /** Nothing is added any longer. */
  over: z.boolean(),
  /** Epoch ms after which it is over by `lastWords`, added by whoever looks first: its writer is lost. */
  deadlineAt: z.number().optional(),
  lastWords: z.array(z.string()).optional(),
  /** The deadline is so long after what was added last. Absent: it stays where it is. */
  idleMs: z.number().optional(),
  /** Seq with which it went on when it was last reopened. Absent: it never was. */
  firstSeq: z.number().optional(),
  /** Of all its events, as they are stored. */
  bytes: z.number(),
  lastSeq: z.number(),
  tailFrom: z.number(),
  tail: z.array(z.string()),
});
export type Log = z.output<typeof Log>;

export interface NewLog extends Pick<Log, 'kind' | 'id' | 'workspace' | 'keptUntil'> {
  readonly deadline?: { readonly lastWords: readonly NewEvent[] } & (
    | { readonly at: number }
    /** It moves with each event: so long without one, and the log is over. */
    | { readonly idleMs: number }
  );
}

export interface Addition {
  /** true: nothing comes after these events. */
  readonly end?: boolean;
  /** What the log ends with from now on if its writer is lost. */
  readonly lastWords?: readonly NewEvent[];
}

/** What adds to a log, and the log as it is once that is written. */
export interface Continued {
  readonly writes: readonly Write[];
  readonly log: Log;
}

type Name = Pick<Log, 'kind' | 'id'>;

const encoded = (events: readonly NewEvent[], now: number): string[] => events.map((event) => encodeNew(event, now));

/** Its writer has been silent beyond its deadline. */
export const isOverdue = ({ over, deadlineAt, lastWords }: Log, now: number): boolean =>
  !over && lastWords !== undefined && deadlineAt !== undefined && now >= deadlineAt;

const keyOf = ({ kind, id }: Name) => ({ pk: `LOG#${kind}#${id}`, sk: 'LOG' });
const chunkPartition = (log: Name): string => `${keyOf(log).pk}#EVENTS`;

/** Ids come from callers, and a store takes no key of any form. */
const ID = /^[\w-]{1,128}$/;

/**
 * Logs of what is no run, in the table of runs. What changes together with a log is written in one transaction with it, and so are
 * chunks of its events: a log goes on after a writer was lost, whose chunk must not be taken for one of those that come then.
 */
export class LogStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #log: EventLog;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
    this.#log = new EventLog(db, table);
  }

  /** A new log with its first events. @param now epoch ms */
  created({ deadline, ...log }: NewLog, events: readonly NewEvent[], now: number): Write {
    const tail = events.map((event) => encodeNew(event, now));
    const item: Log = {
      ...log,
      over: false,
      bytes: sizeOf(tail),
      lastSeq: tail.length,
      tailFrom: 1,
      tail,
      ...(deadline && {
        deadlineAt: 'at' in deadline ? deadline.at : now + deadline.idleMs,
        lastWords: encoded(deadline.lastWords, now),
        ...('idleMs' in deadline && { idleMs: deadline.idleMs }),
      }),
    };
    const expiry = log.keptUntil === undefined ? {} : { expiresAt: ttl(log.keptUntil) };
    return {
      item: {
        Put: {
          TableName: this.#table,
          Item: { ...keyOf(log), ...item, ...expiry },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      refused: () => new WriteConflict('the id of a log'),
    };
  }

  /**
   * @param consistent false: half the price, and may be milliseconds behind
   * @throws NewerVersion when it is of a later format than this release knows
   */
  async find(kind: string, id: string, now: number, consistent = true): Promise<Log | undefined> {
    const item = ID.test(id) ? await readItem(this.#db, this.#table, keyOf({ kind, id }), consistent) : undefined;
    if (!item) return undefined;
    const log = Log.parse(item);
    checkVersion(`the log of ${kind} ${id}`, log.logVersion, LOG_VERSION);
    return log.keptUntil !== undefined && log.keptUntil <= now ? undefined : log;
  }

  /**
   * Adds events to a log as it was just read.
   * @returns what is to be written, in a transaction; it throws WriteConflict if somebody else was faster
   */
  added(log: Log, events: readonly NewEvent[], now: number, addition: Addition = {}): readonly Write[] {
    return this.continued(log, events, now, addition).writes;
  }

  /** The same with the log as it then is, for a writer that goes on without reading it again. */
  continued(log: Log, events: readonly NewEvent[], now: number, addition: Addition = {}): Continued {
    return this.#grown(log, encoded(events, now), now, {
      over: addition.end === true,
      ...(addition.lastWords && { lastWords: encoded(addition.lastWords, now) }),
    });
  }

  /** Lets a log that is over go on, under the same conditions; its numbers go on, too. */
  reopened(log: Log, events: readonly NewEvent[], now: number, lastWords: readonly NewEvent[]): readonly Write[] {
    const change = { over: false, firstSeq: log.lastSeq + 1, lastWords: encoded(lastWords, now) };
    return this.#grown(log, encoded(events, now), now, change).writes;
  }

  #grown(
    log: Log,
    added: readonly string[],
    now: number,
    change: Pick<Log, 'over' | 'firstSeq' | 'lastWords'>,
  ): Continued {
    const { head, chunk } = this.#log.extended(log, added, {
      partition: chunkPartition(log),
      ...(log.keptUntil !== undefined && { expiresAt: ttl(log.keptUntil) }),
    });
    const { lastSeq, tail, tailFrom } = head;
    const moved = log.idleMs === undefined ? {} : { deadlineAt: now + log.idleMs };
    const fields = { lastSeq, tail, tailFrom, bytes: log.bytes + sizeOf(added), ...moved, ...change };
    const { ExpressionAttributeValues, ...sets } = setFields(fields);
    const update = {
      TableName: this.#table,
      Key: keyOf(log),
      ...sets,
      ConditionExpression: '#lastSeq = :held AND #over = :was',
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':held': log.lastSeq, ':was': log.over },
    };
    const refused = (): Error => new WriteConflict('the log');
    const put = chunk && { item: { Put: { TableName: this.#table, Item: chunk } }, refused };
    return { writes: [{ item: { Update: update }, refused }, ...(put ? [put] : [])], log: { ...log, ...fields } };
  }

  /** Adds what `events` makes of the log as it stands. @returns false when it is over, or gone */
  async append(kind: string, id: string, now: number, events: (log: Log) => readonly NewEvent[]): Promise<boolean> {
    return retryOnConflict(async () => {
      const log = await this.find(kind, id, now);
      if (!log || log.over) return false;
      const added = events(log);
      if (added.length > 0) await transact(this.#db, this.added(log, added, now));
      return true;
    });
  }

  /** The log, at its end if its time is over. */
  async settled(log: Log, now: number): Promise<Log> {
    if (!isOverdue(log, now)) return log;
    return retryOnConflict(async () => {
      const current = await this.find(log.kind, log.id, now);
      if (!current || !isOverdue(current, now)) return current ?? log;
      await transact(this.#db, this.ended(current, now));
      return (await this.find(log.kind, log.id, now)) ?? log;
    });
  }

  /** Ends a log as it was just read, with its last words: for who writes more in the same transaction. */
  ended(log: Log, now: number): readonly Write[] {
    // They say the time that they stand for, whenever they are added.
    const words = (log.lastWords ?? []).map((text) => encodeNew(decodeLogged(text, 0), log.deadlineAt ?? now));
    return this.#grown(log, words, now, { over: true }).writes;
  }

  /** Events with a seq above `after`, in order and without a gap, at most `limit`. */
  async eventsAfter(log: Log, after: number, limit: number): Promise<LoggedEvent[]> {
    const stored = await this.#log.after(log, chunkPartition(log), after, limit);
    return stored.map((text, index) => decodeLogged(text, after + 1 + index));
  }

  /** Takes back a log that was begun for nothing. */
  removed(log: Name): Write {
    return {
      item: { Delete: { TableName: this.#table, Key: keyOf(log) } },
      refused: () => new WriteConflict('the log'),
    };
  }
}
