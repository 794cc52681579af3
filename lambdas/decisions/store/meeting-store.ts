import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchDelete } from '../../platform/dynamo/batch';
import { queryAll } from '../../platform/dynamo/query-pages';
import { readItem } from '../../platform/dynamo/read-item';
import { retryOnConflict, transact, versionedWrite, WriteConflict, type Write } from '../../platform/dynamo/transact';
import { AppError } from '../../platform/http/errors';
import { iso } from '../../platform/time/clock';
import { meetingKey, utterancesPartition } from '../keys';
import { DECISION_LIMITS } from '../limits';
import type { DecisionPlace } from './audit';

/** Something said about a run (docs/contracts/decisions.md#resources). */
export const Utterance = z.object({
  seq: z.int(),
  turn: z.int(),
  speaker_id: z.string().nullable(),
  speaker_name: z.string().nullable(),
  speaker_role: z.string(),
  text: z.string(),
  perspective: z.string().nullable(),
  source: z.enum(['generated', 'manual']),
  created_at: z.string(),
});
export type Utterance = z.output<typeof Utterance>;
export type NewUtterance = Omit<Utterance, 'seq' | 'source' | 'created_at'>;

const Meeting = z.object({
  version: z.number(),
  notes: z.string().nullable(),
  /** Of the newest generated meeting, when it has ended. */
  summary: z.string().nullable(),
  /** Raised when all utterances are replaced: those of an earlier one are as good as deleted. */
  epoch: z.number(),
  /** Raised when another meeting is generated: what an earlier one said is as good as deleted, and it may say no more. */
  generation: z.number(),
  lastSeq: z.number(),
  /** Of utterances, as JSON. */
  bytes: z.number(),
});
export type Meeting = z.output<typeof Meeting>;
const NONE: Omit<Meeting, 'version'> = {
  notes: null,
  summary: null,
  epoch: 0,
  generation: 0,
  lastSeq: 0,
  bytes: 0,
};

const Chunk = z.object({
  epoch: z.number(),
  /** Absent: people have said it. */
  generation: z.number().optional(),
  utterances: z.array(Utterance),
});

const CHUNK_BYTES = 300_000;

export interface Said {
  readonly utterances: readonly NewUtterance[];
  /** undefined: notes stay as they are. */
  readonly notes?: string | undefined;
  readonly replaceExisting: boolean;
}

/** What was said about runs: by people, and by meetings that were generated. One head by run; who writes meets there. */
export class MeetingStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  async head(place: DecisionPlace): Promise<Meeting | undefined> {
    const item = await readItem(this.#db, this.#table, meetingKey(place.workspace, place.base));
    return item && Meeting.parse(item);
  }

  /** Everything that counts, in the order in which it was said. */
  async read(place: DecisionPlace): Promise<{ readonly head: Meeting | undefined; readonly utterances: Utterance[] }> {
    const head = await this.head(place);
    const items = head ? await this.#chunks(place) : [];
    const utterances = items
      .map((item) => Chunk.parse(item))
      .filter(({ epoch, generation }) => epoch === head?.epoch && (generation ?? head.generation) === head.generation)
      .flatMap((chunk) => chunk.utterances);
    return { head, utterances: utterances.sort((a, b) => a.seq - b.seq) };
  }

  /** Notes and utterances as texts, for whoever is to take them into account. */
  async said(place: DecisionPlace): Promise<string[]> {
    const { head, utterances } = await this.read(place);
    const lines = utterances.map(({ speaker_name, speaker_role, text }) => `${speaker_name ?? speaker_role}: ${text}`);
    return head?.notes ? [head.notes, ...lines] : lines;
  }

  /**
   * Keeps what people have said.
   * @param also further writes of the same transaction, made anew for each try
   * @throws AppError `PAYLOAD_TOO_LARGE` when there would be more than one answer can hold
   */
  async add(place: DecisionPlace, said: Said, now: number, also: () => Promise<readonly Write[]>): Promise<void> {
    const replaced = await retryOnConflict(async () => {
      const before = await this.head(place);
      const kept = { ...NONE, ...before, ...(said.notes !== undefined && { notes: said.notes }) };
      const start = said.replaceExisting ? { ...kept, epoch: kept.epoch + 1, lastSeq: 0, bytes: 0 } : kept;
      const { head, chunks } = this.#added(place, start, { utterances: said.utterances, source: 'manual' }, now);
      await transact(this.#db, [this.#headWrite(place, before, head), ...chunks, ...(await also())]);
      return said.replaceExisting ? before : undefined;
    });
    if (replaced) await this.#deleteWhere(place, ({ epoch }) => epoch <= replaced.epoch);
  }

  /**
   * Another meeting is going to be generated: what an earlier one said is gone, and one that goes on can add no more.
   * @returns names it
   */
  async beginGeneration(place: DecisionPlace): Promise<number> {
    const generation = await retryOnConflict(async () => {
      const before = await this.head(place);
      const { utterances } = await this.read(place);
      const manual = utterances.filter(({ source }) => source === 'manual');
      const start = { ...NONE, ...before };
      const head = { ...start, summary: null, generation: start.generation + 1, bytes: sizeOf(manual) };
      await transact(this.#db, [this.#headWrite(place, before, head)]);
      return head.generation;
    });
    await this.#deleteWhere(place, (chunk) => chunk.generation !== undefined && chunk.generation < generation);
    return generation;
  }

  /**
   * Keeps what a generated meeting says.
   * @param also further writes of the same transaction, made anew for each try: the events that say it
   * @returns false if another meeting has been begun since; nothing is written then
   */
  async addGenerated(
    place: DecisionPlace,
    generation: number,
    said: { readonly utterances: readonly NewUtterance[]; readonly summary?: string },
    now: number,
    also: () => Promise<readonly Write[]>,
  ): Promise<boolean> {
    return retryOnConflict(async () => {
      const before = await this.head(place);
      if (before?.generation !== generation) return false;
      const start = said.summary === undefined ? before : { ...before, summary: said.summary };
      const { head, chunks } = this.#added(
        place,
        start,
        { utterances: said.utterances, source: 'generated', generation },
        now,
      );
      await transact(this.#db, [this.#headWrite(place, before, head), ...chunks, ...(await also())]);
      return true;
    });
  }

  #added(
    place: DecisionPlace,
    head: Omit<Meeting, 'version'>,
    {
      utterances,
      source,
      generation,
    }: { utterances: readonly NewUtterance[]; source: Utterance['source']; generation?: number },
    now: number,
  ): { head: Omit<Meeting, 'version'>; chunks: Write[] } {
    const { epoch, lastSeq } = head;
    const numbered = utterances.map((utterance, index) => ({
      ...utterance,
      seq: lastSeq + 1 + index,
      source,
      created_at: iso(now),
    }));
    const bytes = head.bytes + sizeOf(numbered);
    if (bytes > DECISION_LIMITS.utterances.bytes)
      throw new AppError('PAYLOAD_TOO_LARGE', 'What is said about this run would be more than one answer can hold.', {
        details: { maxBytes: DECISION_LIMITS.utterances.bytes },
      });
    const chunks = inChunks(numbered).map((part): Write => {
      const sk = `${String(epoch).padStart(6, '0')}#${String(part[0]?.seq ?? 0).padStart(9, '0')}`;
      const Item = {
        pk: utterancesPartition(place.workspace, place.base),
        sk,
        epoch,
        utterances: part,
        ...(generation !== undefined && { generation }),
      };
      return { item: { Put: { TableName: this.#table, Item } }, refused: () => new WriteConflict('utterances') };
    });
    return { head: { ...head, lastSeq: lastSeq + numbered.length, bytes }, chunks };
  }

  #headWrite(place: DecisionPlace, before: Meeting | undefined, after: Omit<Meeting, 'version'>): Write {
    return versionedWrite(this.#table, meetingKey(place.workspace, place.base), before, after, 'the meeting');
  }

  #chunks({ workspace, base }: DecisionPlace) {
    return queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': utterancesPartition(workspace, base) },
      ConsistentRead: true,
    });
  }

  /** What no longer counts. A crash before this leaves items that nobody reads. */
  async #deleteWhere(place: DecisionPlace, isGone: (chunk: z.output<typeof Chunk>) => boolean): Promise<void> {
    const items = await this.#chunks(place);
    const gone = items.filter((item) => isGone(Chunk.parse(item))).map(({ pk, sk }) => ({ pk, sk }));
    await batchDelete(this.#db, this.#table, gone);
  }
}

const sizeOf = (utterances: readonly Utterance[]): number =>
  utterances.reduce((sum, utterance) => sum + Buffer.byteLength(JSON.stringify(utterance)), 0);

function inChunks(utterances: readonly Utterance[]): Utterance[][] {
  const chunks: Utterance[][] = [];
  let room = 0;
  for (const utterance of utterances) {
    const size = sizeOf([utterance]);
    if (size > room) {
      chunks.push([]);
      room = CHUNK_BYTES;
    }
    chunks.at(-1)?.push(utterance);
    room -= size;
  }
  return chunks;
}
