/** Milliseconds between looks at the log: soon after news, seldom where nothing has happened for long. */
const FIRST_MS = 12;
const GROWTH = 1.4;
const CEILINGS: readonly (readonly [idleMs: number, ceilingMs: number])[] = [
  [30_000, 60],
  [300_000, 400],
  [Infinity, 1_000],
];

/**
 * How long to wait before the next look. Each look is a read that costs money, each wait is latency of a log line:
 * within the first half minute of silence a line is seen within 60 ms, after that within 400 ms, later within a second.
 */
export class Pace {
  #wait = FIRST_MS;
  #lastNewsAt: number;

  constructor(now: number) {
    this.#lastNewsAt = now;
  }

  news(now: number): void {
    this.#wait = FIRST_MS;
    this.#lastNewsAt = now;
  }

  next(now: number): number {
    const idle = now - this.#lastNewsAt;
    const ceiling = CEILINGS.find(([idleMs]) => idle < idleMs)?.[1] ?? FIRST_MS;
    const wait = this.#wait;
    this.#wait = Math.min(ceiling, this.#wait * GROWTH);
    return wait;
  }
}
