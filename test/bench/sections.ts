import type { Figures } from './statistics';

/** A part of the report: tables for people, and the same as data. */
export interface Section {
  readonly title: string;
  /** Paragraphs. */
  readonly notes?: readonly string[];
  readonly tables: readonly Table[];
  readonly data: unknown;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Head of a table whose rows are made by `cells`. */
export const FIGURES = ['p50', 'p90', 'p99', 'n'] as const;

export const cells = (what: string, { p50, p90, p99, count }: Figures, ...more: readonly string[]): string[] => [
  what,
  String(p50),
  String(p90),
  String(p99),
  String(count),
  ...more,
];

/** How many times its floor a figure is, at the median. */
export const times = (figure: Figures, floor: Figures): string => (figure.p50 / floor.p50).toFixed(1);

/** Says what is being measured while it is: a whole run of the benchmarks takes minutes. */
export async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  process.stderr.write(`… ${what}\n`);
  const startedAt = performance.now();
  const result = await work();
  process.stderr.write(`✓ ${what} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`);
  return result;
}
