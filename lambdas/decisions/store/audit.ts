import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { readItem } from '../../platform/dynamo/read-item';
import { WriteConflict, type Write } from '../../platform/dynamo/transact';
import { iso } from '../../platform/time/clock';
import { auditOfRunPartition, auditPartition, idOf } from '../keys';
import type { AuditEntry } from '../model';

/** What has happened, as somebody tells the audit log. */
export interface NewEntry extends Pick<AuditEntry, 'event_type' | 'resource_type' | 'resource_id' | 'actor_type'> {
  readonly actor_id?: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** true: the card of the run is what it is about. */
  readonly ofCard?: boolean;
}

/** How far the log of a run has come. */
const AuditHead = z.object({
  /** Number of the next entry. */
  next: z.number(),
  /** Epoch ms of the last one: time does not go back in a log, whoever's clock is behind. */
  lastAt: z.number(),
});
export type AuditHead = z.output<typeof AuditHead>;

/** Of a run that has no entry yet. */
export const NO_ENTRIES: AuditHead = { next: 1, lastAt: 0 };

export interface DecisionPlace {
  readonly workspace: string;
  /** What ids of an issue, its run and its card have in common. */
  readonly base: string;
}

/** Begins sort keys of entries; the head of a run's log stands behind them all. */
const ENTRY = 'E#';
const HEAD = 'HEAD';

const number = (value: number, digits: number): string => String(value).padStart(digits, '0');
/** Within a run, entries of the same millisecond are in the order of their numbers. */
const sortOf = (at: number, seq: number): string => `${ENTRY}${number(at, 15)}#${number(seq, 6)}`;

/**
 * The audit log, which nothing changes and nothing deletes: each entry is put once, under a key that is new, whole in the
 * workspace's log and in that of its run. A head by run numbers them; writers of the same run meet there.
 */
export class AuditLog {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  async head(place: DecisionPlace): Promise<AuditHead> {
    const item = await readItem(this.#db, this.#table, this.#headKey(place));
    return item ? AuditHead.parse(item) : NO_ENTRIES;
  }

  /**
   * Entries as writes for the transaction that does what they tell of: two for each, and one of the head.
   * @param head as it was read; the writes throw WriteConflict if somebody else has added entries since
   * @returns the head that holds afterwards, too, for a writer that goes on
   */
  added(
    place: DecisionPlace,
    head: AuditHead,
    entries: readonly NewEntry[],
    now: number,
  ): { readonly writes: Write[]; readonly head: AuditHead } {
    if (entries.length === 0) return { writes: [], head };
    const at = Math.max(now, head.lastAt);
    const after: AuditHead = { next: head.next + entries.length, lastAt: at };
    const puts = entries.flatMap((entry, index) => this.#puts(place, entry, at, head.next + index));
    return { writes: [this.#headWrite(place, head, after), ...puts], head: after };
  }

  #headKey({ workspace, base }: DecisionPlace) {
    return { pk: auditOfRunPartition(workspace, base), sk: HEAD };
  }

  #headWrite(place: DecisionPlace, before: AuditHead, after: AuditHead): Write {
    const isNew = before.next === NO_ENTRIES.next;
    const put = {
      TableName: this.#table,
      Item: { ...this.#headKey(place), ...after },
      ConditionExpression: isNew ? 'attribute_not_exists(pk)' : '#next = :held',
      ...(!isNew && {
        ExpressionAttributeNames: { '#next': 'next' },
        ExpressionAttributeValues: { ':held': before.next },
      }),
    };
    return { item: { Put: put }, refused: () => new WriteConflict('the audit log of the run') };
  }

  #puts({ workspace, base }: DecisionPlace, entry: NewEntry, at: number, seq: number): Write[] {
    const { ofCard = false, actor_id = null, detail = null, ...told } = entry;
    const item: AuditEntry = {
      ...told,
      id: `log_${base}${number(seq, 6)}`,
      event_timestamp: iso(at),
      actor_id,
      detail: detail && { ...detail },
      run_id: idOf('run', base),
      issue_id: idOf('issue', base),
      card_id: ofCard ? idOf('card', base) : null,
    };
    const keys = [
      { pk: auditOfRunPartition(workspace, base), sk: sortOf(at, seq) },
      { pk: auditPartition(workspace), sk: `${sortOf(at, seq)}#${base}` },
    ];
    return keys.map((key) => ({
      item: {
        Put: { TableName: this.#table, Item: { ...key, ...item }, ConditionExpression: 'attribute_not_exists(pk)' },
      },
      refused: () => new WriteConflict('the audit log'),
    }));
  }
}

/** Sort keys of entries of a log, as a condition of a query on its partition. */
export const ENTRIES_ONLY = {
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :entry)',
  values: (pk: string) => ({ ':pk': pk, ':entry': ENTRY }),
} as const;
