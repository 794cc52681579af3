import { createHash } from 'node:crypto';

/**
 * How often a success counts in metrics when only a share of them leaves a line: 0 leaves none, and those that do stand for
 * the others, so that sums stay right on the average. The same id is always judged alike.
 * @param share of successes that leave a line, above 0 to 1
 */
export function weightOf(id: string, share: number): number {
  if (share >= 1) return 1;
  const place = createHash('sha256').update(id).digest().readUInt32BE() / 2 ** 32;
  return place < share ? 1 / share : 0;
}
