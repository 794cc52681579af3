/** After the service refused (no free environment, emulator away), or a destination did: first pause, and the longest. */
const BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;

/** From half of a pause to all of it: those that failed together do not come back together. */
export const jittered = (pauseMs: number, random: () => number = Math.random): number => (pauseMs / 2) * (1 + random());

/** The pause before a refused event is tried again, ms: grows with the age of the event, and differs from others'. */
export const pauseAfterRefusal = (ageMs: number, random?: () => number): number =>
  jittered(Math.min(LONGEST_BACKOFF_MS, Math.max(BACKOFF_MS, ageMs / 2)), random);
