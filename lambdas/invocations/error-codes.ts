/** Codes that only this service answers with, and their status (docs/contracts/invocations.md). */
export const invocationsErrors = {
  INVOCATION_ALREADY_FINISHED: 409,
} as const;

type InvocationsErrors = typeof invocationsErrors;
declare module '../platform/http/errors' {
  interface ServiceErrors extends InvocationsErrors {}
}
