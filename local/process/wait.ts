import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until the answer is true.
 * @returns false where it was not within `timeLimitMs`.
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeLimitMs: number,
  everyMs = 50,
): Promise<boolean> {
  const deadline = Date.now() + timeLimitMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await delay(everyMs);
  }
}
