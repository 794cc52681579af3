import { createHash } from 'node:crypto';

/** A number from 0 up to and without 1 that follows from a person and what it is for. */
export const draw = (id: string, key: string): number =>
  createHash('sha256').update(`${id}|${key}`).digest().readUInt32BE(0) / 2 ** 32;

/** One of a list, by the same. @throws Error for an empty one */
export function drawOf<T>(among: readonly T[], id: string, key: string): T {
  const drawn = among[Math.floor(among.length * draw(id, key))];
  if (drawn === undefined) throw new Error(`Nothing to draw from for ${id}, ${key}`);
  return drawn;
}
