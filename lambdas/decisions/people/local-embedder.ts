import { DIMENSIONS, type Embedder } from './embedder';

const WORD_WEIGHT = 1;
const TRIGRAM_WEIGHT = 0.5;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const UTF8 = new TextEncoder();

/** Words and their trigrams, hashed into a vector: it needs no model (docs/contracts/decisions.md#routing-score). */
export const localEmbedder: Embedder = {
  name: 'local',
  embed: (texts) => Promise.resolve(texts.map(embedText)),
};

export function embedText(text: string): Float32Array {
  const sums = new Float64Array(DIMENSIONS);
  for (const [token] of text
    .normalize('NFC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{N}]+/gu)) {
    add(sums, `w:${token}`, WORD_WEIGHT);
    const chars = ['^', ...Array.from(token), '$'];
    for (let at = 0; at + 2 < chars.length; at += 1) add(sums, `t:${chars.slice(at, at + 3).join('')}`, TRIGRAM_WEIGHT);
  }
  const norm = Math.sqrt(sums.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(sums, (value) => (norm === 0 ? 0 : value / norm));
}

function add(sums: Float64Array, feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const position = hash % DIMENSIONS;
  sums[position] = (sums[position] ?? 0) + (hash >= 2 ** 31 ? -weight : weight);
}

/** FNV-1a, 32 bits, over UTF-8. */
export function fnv1a(text: string): number {
  let hash = FNV_OFFSET;
  for (const byte of UTF8.encode(text)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}
