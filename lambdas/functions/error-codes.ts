/** Codes that only this service answers with, and their status (docs/contracts/functions.md). */
export const functionsErrors = {
  URL_NOT_ALLOWED: 400,
  WORKSPACE_PROTECTED: 409,
  FUNCTION_DISABLED: 409,
  QUOTA_EXCEEDED: 409,
  EXECUTION_ERROR: 500,
  CREATE_ERROR: 500,
  LIST_ERROR: 500,
  LOKI_ERROR: 500,
  PROMETHEUS_ERROR: 500,
  INVOCATION_ERROR: 503,
  LOKI_CONNECTION_ERROR: 503,
  PROMETHEUS_CONNECTION_ERROR: 503,
  STILL_RUNNING: 504,
} as const;

type FunctionsErrors = typeof functionsErrors;
declare module '../platform/http/errors' {
  interface ServiceErrors extends FunctionsErrors {}
}
