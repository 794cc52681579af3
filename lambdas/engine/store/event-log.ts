import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { queryPages } from '../../platform/dynamo/query-pages';
import { storeFailed } from '../../platform/dynamo/store-errors';

/**
 * How far a log has come, as the item says that it hangs on: a run's record, or one that there is for the log alone. Its
 * newest events stand there, earlier ones in chunks. An event has no number of its own: its place is its number.
 */
export interface LogHead {
  readonly lastSeq: number;
  /** Seq of the first event in `tail`. */
  readonly tailFrom: number;
  /** Encoded events. */
  readonly tail: string[];
}

/** Where chunks of a log are kept, and until when (epoch seconds; absent: for good). */
export interface ChunkPlace {
  readonly partition: string;
  readonly expiresAt?: number;
}

/** A log with events added. */
export interface Grown {
  readonly head: LogHead;
  /** The chunk that earlier events stand in, if they no longer fit into the item. */
  readonly chunk?: {
    readonly pk: string;
    readonly sk: string;
    readonly events: readonly string[];
    readonly expiresAt: number | undefined;
  };
}

/** Events kept in the log's item, in bytes; a write is billed by the size of the whole item. */
const TAIL_BYTES = 2048;

/** A chunk is named after its last event. */
const chunkSort = (lastSeq: number): string => `E#${String(lastSeq).padStart(9, '0')}`;
const lastSeqOfChunk = (sort: string): number => Number(sort.slice(2));

/** Bytes of encoded events. */
export const sizeOf = (events: readonly string[]): number =>
  events.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** Where the events of a log stand (docs/adr/0004). Who may write, and that only one does, is for the item's owner to say. */
export class EventLog {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** The log with events added: in its item while that is small, else with the tail in a chunk of their own. */
  extended(head: LogHead, added: readonly string[], place: ChunkPlace): Grown {
    const together = [...head.tail, ...added];
    const lastSeq = head.lastSeq + added.length;
    if (sizeOf(together) <= TAIL_BYTES) return { head: { lastSeq, tail: together, tailFrom: head.tailFrom } };
    return {
      head: { lastSeq, tail: [], tailFrom: lastSeq + 1 },
      chunk: { pk: place.partition, sk: chunkSort(lastSeq), events: together, expiresAt: place.expiresAt },
    };
  }

  /**
   * The same with the chunk written now. It counts once the item says so: a writer that dies or loses in between leaves a chunk
   * that nobody reads, since the log of a run ends before it would come to it. Where a log goes on after its writer was lost, the
   * chunk has to be written together with the item.
   */
  async grown(head: LogHead, added: readonly string[], place: ChunkPlace): Promise<LogHead> {
    const { head: after, chunk } = this.extended(head, added, place);
    if (chunk) await this.#db.send(new PutCommand({ TableName: this.#table, Item: chunk })).catch(storeFailed);
    return after;
  }

  /** Events with a seq above `after`, in order and without a gap, at most `limit`. */
  async after(head: LogHead, partition: string, after: number, limit: number): Promise<string[]> {
    const from = after + 1;
    const chunked = from < head.tailFrom ? await this.chunked(head, partition, from, limit) : [];
    const tail = head.tail.slice(Math.max(0, from - head.tailFrom));
    // The tail follows only if the chunks led up to it.
    return (from + chunked.length >= head.tailFrom ? [...chunked, ...tail] : chunked).slice(0, limit);
  }

  /**
   * Events that stand in chunks, from `fromSeq` on.
   * @returns at least one and at most `limit`, or none if `fromSeq` is not in a chunk
   */
  async chunked({ tailFrom }: LogHead, partition: string, fromSeq: number, limit: number): Promise<string[]> {
    const events: string[] = [];
    let wanted = fromSeq;
    const pages = queryPages(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: { ':pk': partition, ':from': chunkSort(fromSeq) },
      ConsistentRead: true,
      Limit: 25,
    });
    for await (const page of pages) {
      for (const item of page) {
        const chunk = item['events'] as string[];
        const first = lastSeqOfChunk(String(item['sk'])) - chunk.length + 1;
        if (first > wanted) continue; // left by a writer that lost
        const usable = chunk.slice(wanted - first, tailFrom - first);
        events.push(...usable);
        wanted += usable.length;
      }
      if (wanted >= tailFrom || events.length >= limit) break;
    }
    return events.slice(0, limit);
  }
}
