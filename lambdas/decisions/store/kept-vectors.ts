import { createHash } from 'node:crypto';
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { readItem } from '../../platform/dynamo/read-item';
import { storeFailed } from '../../platform/dynamo/store-errors';
import { ttl } from '../../platform/dynamo/ttl';
import type { Clock } from '../../platform/time/clock';
import { vectorsKey } from '../keys';
import { DIMENSIONS, type Embedder } from '../people/embedder';

/** Texts whose vectors are one item: 100 KB. */
const GROUP = 100;
/** Until all of them are whole elsewhere, ms. */
const KEPT_MS = 7 * 86_400_000;
const FLOAT_BYTES = 4;

/**
 * The same embedder for thousands of texts: what it has come to is kept in the table group by group, so that whoever is
 * interrupted goes on where somebody else was.
 */
export function keptEmbedder(embedder: Embedder, db: DynamoDBDocumentClient, table: string, clock: Clock): Embedder {
  return {
    name: embedder.name,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += GROUP)
        vectors.push(...(await embedGroup(texts.slice(from, from + GROUP), signal)));
      return vectors;
    },
  };

  async function embedGroup(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    const key = vectorsKey(embedder.name, createHash('sha256').update(JSON.stringify(texts)).digest('hex'));
    const kept = Kept.safeParse(await readItem(db, table, key));
    if (kept.success && kept.data.bytes.byteLength === texts.length * DIMENSIONS * FLOAT_BYTES)
      return vectorsIn(kept.data.bytes);
    const vectors = await embedder.embed(texts, signal);
    const Item = { ...key, bytes: bytesOf(vectors), expiresAt: ttl(clock.now() + KEPT_MS) };
    await db.send(new PutCommand({ TableName: table, Item })).catch(storeFailed);
    return vectors;
  }
}

const Kept = z.object({ bytes: z.instanceof(Uint8Array) });

const bytesOf = (vectors: readonly Float32Array[]): Uint8Array =>
  Buffer.concat(vectors.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)));

/** A copy begins where numbers may begin. */
function vectorsIn(bytes: Uint8Array): Float32Array[] {
  const numbers = new Float32Array(Uint8Array.from(bytes).buffer);
  const count = numbers.length / DIMENSIONS;
  return Array.from({ length: count }, (_, at) => numbers.slice(at * DIMENSIONS, (at + 1) * DIMENSIONS));
}
