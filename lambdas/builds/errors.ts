/** Codes of the builds API (docs/contracts/builds.md#bad-input). */
export const buildsErrors = {
  INVALID_MULTIPART: 400,
  UNSUPPORTED_FILE_TYPE: 400,
  INVALID_ARCHIVE: 400,
  REGISTRY_NOT_ALLOWED: 400,
  NAMESPACE_NOT_FOUND: 400,
  IMAGE_NOT_FOUND: 404,
  APP_NAME_CONFLICT: 409,
  DEPLOY_IN_PROGRESS: 409,
  DEPLOY_ERROR: 502,
  TARGET_UNAVAILABLE: 503,
} as const;

type BuildsErrors = typeof buildsErrors;
declare module '../platform/http/errors' {
  interface ServiceErrors extends BuildsErrors {}
}
