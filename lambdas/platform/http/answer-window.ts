/**
 * How long a caller can be kept waiting. An HTTP API gives up 30 s after it took a request and then answers 503 itself;
 * whoever repeats the call then runs code twice. Our answer comes before that, with what is known by then.
 */

/** Milliseconds from the request's arrival at the HTTP API to our answer, at most. */
export const ANSWER_WITHIN_MS = 28_800;

/** A difference beyond this is one of clocks: the HTTP API has given up such a request. */
const LONGEST_WAIT_MS = 30_000;

/** With less than this left nothing is begun: its caller would be gone before the answer. */
export const LEAST_MS = 1_000;

/**
 * @param timeEpoch when the HTTP API took the request (`requestContext.timeEpoch`), by its clock, epoch ms
 * @param now by ours
 * @returns gives the milliseconds that are left for the answer: what a cold start and the credential took is gone already
 */
export function answerWindow(timeEpoch: number, now: number): () => number {
  const gone = now - timeEpoch;
  const goneBefore = gone >= 0 && gone <= LONGEST_WAIT_MS ? gone : 0;
  const beganAt = performance.now();
  return () => Math.max(0, ANSWER_WITHIN_MS - goneBefore - (performance.now() - beganAt));
}
