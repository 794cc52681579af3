/** List prices of us-east-1, November 2026, USD; docs/cost.md has the same with their units. */
export const PRICES = {
  lambdaRequest: 0.2e-6,
  lambdaGbSecond: 0.0000133334,
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  kms: 3e-6,
  secret: 5e-6,
  logByte: 0.5 / 1e9,
  /** One request at the edge: HTTP API, CloudFront, its function, the firewall. */
  httpApi: 1e-6,
  cloudFront: 1e-6,
  edgeFunction: 0.1e-6,
  waf: 0.6e-6,
} as const;

/** A line of the HTTP API's access log, with its values filled in. */
export const ACCESS_LOG_BYTES = 420;
