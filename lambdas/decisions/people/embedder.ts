import type { EmbedderName } from '../model';

export const DIMENSIONS = 256;

/** Turns texts into vectors of length 1, or of zeros. Vectors of different embedders are never compared. */
export interface Embedder {
  readonly name: EmbedderName;
  /**
   * @param signal ends when nobody wants the vectors any longer
   * @returns a vector of `DIMENSIONS` numbers for each text, in their order
   */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}

/** Cosine of two such vectors; what points away from each other counts as unlike, not as less. */
export function similarity(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < DIMENSIONS; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return Math.min(1, Math.max(0, sum));
}
