import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { EmbedderName, Organisation } from '../model';
import { DIMENSIONS, type Embedder } from './embedder';
import { readPeople } from './people-data';

/** Bytes of a chunk: an item of DynamoDB has 400 KB, names and keys included. */
export const CHUNK_BYTES = 340_000;
/** Changes when the same data is packed in another way. */
const FORMAT = 1;
const LENGTH_BYTES = 4;
const FLOAT_BYTES = 4;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Names what `packPeople` makes of a file and an embedder: equal names have equal content.
 * @param file as `writePeople` writes it
 */
export const peopleVersion = (file: string, embedder: EmbedderName): string =>
  createHash('sha256').update(`${FORMAT}\n${embedder}\n`).update(file).digest('hex').slice(0, 16);

/**
 * The people with their experiences embedded, compressed and cut for a table: embedding is done once, and reading them
 * costs a few items.
 * @param file as `writePeople` writes it
 */
export async function packPeople(file: string, embedder: Embedder): Promise<Uint8Array[]> {
  const vectors = await embedder.embed(readPeople(file).experiences.map(({ summary }) => summary));
  const text = Buffer.from(file, 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.byteLength);
  const packed = gzipSync(Buffer.concat([length, text, ...vectors.map(bytesOf)]), { level: 9 });
  const starts = Array.from({ length: Math.ceil(packed.byteLength / CHUNK_BYTES) }, (_, index) => index * CHUNK_BYTES);
  return starts.map((start) => packed.subarray(start, start + CHUNK_BYTES));
}

/** @throws Error for chunks that are not all that `packPeople` has made, in their order */
export function unpackPeople(chunks: readonly Uint8Array[]): Organisation {
  const bytes = gunzipSync(Buffer.concat(chunks), { maxOutputLength: MOST_BYTES });
  const end = LENGTH_BYTES + bytes.readUInt32LE(0);
  const { people, collaborations, experiences } = readPeople(bytes.toString('utf8', LENGTH_BYTES, end));
  if (bytes.byteLength !== end + experiences.length * DIMENSIONS * FLOAT_BYTES)
    throw new Error('The people are not whole');
  // A copy begins where numbers may begin. Bytes are in the order of every processor that Lambda has.
  const numbers = new Float32Array(Uint8Array.from(bytes.subarray(end)).buffer);
  const vectorOf = (index: number): Float32Array => numbers.subarray(index * DIMENSIONS, (index + 1) * DIMENSIONS);
  return { people, collaborations, experiences: experiences.map((one, at) => ({ ...one, vector: vectorOf(at) })) };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
