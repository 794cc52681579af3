/** Figures of one measured thing, in its unit. */
export interface Figures {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export function figures(samples: readonly number[]): Figures {
  if (samples.length === 0) throw new Error('nothing was measured');
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return { count: sorted.length, p50: round(at(0.5)), p90: round(at(0.9)), p99: round(at(0.99)) };
}

export const round = (value: number): number => Math.round(value * 100) / 100;

/** Does something so many times, one after the other. */
export async function repeat<T>(times: number, work: (turn: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let turn = 0; turn < times; turn += 1) results.push(await work(turn));
  return results;
}

/** Does something so many times, `width` at a time. */
export async function concurrently<T>(times: number, width: number, work: (turn: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < times) results.push(await work(next++));
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
