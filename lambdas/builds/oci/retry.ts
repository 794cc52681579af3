import { setTimeout } from 'node:timers/promises';

const TRIES = 4;
const FIRST_PAUSE_MS = 150;

/** Something that may go well another time. */
export class Passing extends Error {
  override readonly name = 'Passing';
}

/** Tries again, after growing pauses with jitter, what failed with `Passing`; other failures and the last one are thrown. */
export async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Passing) || tried === TRIES) throw error;
      await setTimeout(FIRST_PAUSE_MS * 2 ** (tried - 1) * (0.5 + Math.random()));
    }
  }
}
