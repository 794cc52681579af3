import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { queryAll } from '../../platform/dynamo/query-pages';
import { readItem } from '../../platform/dynamo/read-item';
import { storeFailed } from '../../platform/dynamo/store-errors';
import { peopleChunksPartition, peopleKey } from '../keys';
import type { EmbedderName } from '../model';
import type { Embedder } from '../people/embedder';
import { packPeople, peopleVersion, unpackPeople } from '../people/pack-people';
import { indexOrganisation, type OrganisationIndex } from '../rules/organisation-index';

const Head = z.object({ version: z.string(), chunks: z.number() });

/**
 * Everybody, from the table (docs/adr/0031-people-are-loaded-by-content.md): the checked-in file names the version that is
 * wanted, and who finds another one there, or none, puts it there first. Once read it is kept for as long as the process
 * lives.
 */
export class PeopleStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #file: string;
  readonly #embedder: (name: EmbedderName) => Embedder;
  readonly #read = new Map<EmbedderName, Promise<OrganisationIndex>>();

  /** @param file as `writePeople` writes it */
  constructor(db: DynamoDBDocumentClient, table: string, file: string, embedder: (name: EmbedderName) => Embedder) {
    this.#db = db;
    this.#table = table;
    this.#file = file;
    this.#embedder = embedder;
  }

  /** Everybody, with experiences embedded by this embedder. @throws AppError `SERVICE_UNAVAILABLE` */
  readonly organisation = (embedder: EmbedderName): Promise<OrganisationIndex> => {
    const known = this.#read.get(embedder);
    if (known) return known;
    const reading = this.#organisation(embedder).catch((error: unknown) => {
      this.#read.delete(embedder);
      throw error;
    });
    this.#read.set(embedder, reading);
    return reading;
  };

  async #organisation(embedder: EmbedderName): Promise<OrganisationIndex> {
    const version = peopleVersion(this.#file, embedder);
    const item = await readItem(this.#db, this.#table, peopleKey(embedder));
    const head = item && Head.parse(item);
    const chunks = head?.version === version ? await this.#chunks(version, head.chunks) : undefined;
    return indexOrganisation(unpackPeople(chunks ?? (await this.#load(version, embedder))));
  }

  /** @returns undefined if one is missing: whoever wrote them was another release, or somebody has deleted some */
  async #chunks(version: string, count: number): Promise<Uint8Array[] | undefined> {
    const items = await queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': peopleChunksPartition(version) },
      ConsistentRead: true,
    });
    const chunks = items.map((item) => z.instanceof(Uint8Array).parse(item['bytes']));
    return chunks.length === count ? chunks : undefined;
  }

  /** Equal content under equal keys: two who load at the same time do the same. The head comes last, and says it is whole. */
  async #load(version: string, embedder: EmbedderName): Promise<Uint8Array[]> {
    const made = this.#embedder(embedder);
    if (made.name !== embedder) throw new Error(`Vectors of ${made.name} are none of ${embedder}`);
    const chunks = await packPeople(this.#file, made);
    for (const [index, bytes] of chunks.entries())
      await this.#put({ pk: peopleChunksPartition(version), sk: String(index).padStart(4, '0'), bytes });
    await this.#put({ ...peopleKey(embedder), version, chunks: chunks.length });
    return chunks;
  }

  async #put(Item: Record<string, unknown>): Promise<void> {
    await this.#db.send(new PutCommand({ TableName: this.#table, Item })).catch(storeFailed);
  }
}
