/** What handlers get as their second argument: the fields of the run's order, for example `invocationId`. */
export function makeContext(fields, timeoutMs) {
  const deadline = performance.now() + timeoutMs;
  return { ...fields, getRemainingTimeMs: () => Math.max(0, Math.floor(deadline - performance.now())) };
}
