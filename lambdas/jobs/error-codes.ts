/** Codes that only this service answers with, and their status (docs/contracts/jobs.md). */
export const jobsErrors = {
  JOB_NOT_FOUND: 404,
  LOG_NOT_FOUND: 404,
  JOB_ALREADY_RUNNING: 409,
  JOB_CANCELLED: 409,
  JOB_ALREADY_FINISHED: 409,
  PROJECT_NAME_CONFLICT: 409,
  PROJECT_LIMIT_REACHED: 409,
} as const;

type JobsErrors = typeof jobsErrors;
declare module '../platform/http/errors' {
  interface ServiceErrors extends JobsErrors {}
}
