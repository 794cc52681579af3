import { setTimeout as delay } from 'node:timers/promises';

/** Thrown by a look that knows that waiting longer is of no use: it ends the wait at once. */
export class NoUseWaiting extends Error {}

export interface WaitOptions {
  /** How long the condition may take to come true, ms. */
  readonly deadlineMs?: number;
  /** Pause between two looks, ms. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until `look` gives something other than undefined, and returns that.
 * Throws what `look` throws when that is a NoUseWaiting, and `Waited ... for <what>` at the deadline, with
 * the last error of `look` as its cause.
 */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  { deadlineMs = 90_000, everyMs = 50 }: WaitOptions = {},
): Promise<T> {
  const started = Date.now();
  let cause: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      cause = undefined;
    } catch (error) {
      if (error instanceof NoUseWaiting) throw error;
      cause = error;
    }
    if (Date.now() - started > deadlineMs) throw new Error(`Waited ${deadlineMs} ms for ${what}`, { cause });
    await delay(everyMs);
  }
}

/**
 * Lets time go by where time is what is tested: a part that is slow, an act at a seeded moment. Who waits for something to
 * become true takes `waitFor`.
 * @param ms milliseconds
 * @param options `ref: false`: no process stays for it
 */
export const pause = (ms: number, options?: { readonly ref: boolean }): Promise<void> => delay(ms, undefined, options);

/** `promise`, or an error that names what was waited for when it takes longer than `deadlineMs`. */
export async function within<T>(what: string, deadlineMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${deadlineMs} ms for ${what}`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
