import type { Headers } from '../auth/principal';

/**
 * What browsers may send, use and read of every path (docs/contracts/common.md#requests): of the HTTP API and of ours.
 */
export const CORS_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
export const CORS_ALLOWED_HEADERS: readonly string[] = [
  'Content-Type',
  'Authorization',
  'X-API-Key',
  'Idempotency-Key',
  'Last-Event-ID',
  'X-User-ID',
  'If-Match',
  'Accept',
  'Cache-Control',
  'traceparent',
  'tracestate',
];
export const CORS_EXPOSED_HEADERS: readonly string[] = [
  'X-Request-Id',
  'X-Next-Cursor',
  'ETag',
  'Retry-After',
  'Idempotency-Replayed',
  'Location',
  'X-Log-Id',
  'X-Narae-Warnings',
];
/** Seconds for which a browser keeps the answer to a preflight. */
export const CORS_MAX_AGE_S = 600;

/**
 * CORS headers of an answer that no HTTP API adds them to.
 * @param allowed origins, or `*`
 * @param headers of the request, with lower-case names
 */
export function corsHeaders(allowed: readonly string[], headers: Headers): Record<string, string> {
  const origin = headers['origin'];
  if (origin === undefined) return {};
  const any = allowed.includes('*');
  if (!any && !allowed.includes(origin)) return {};
  return {
    'Access-Control-Allow-Origin': any ? '*' : origin,
    'Access-Control-Expose-Headers': CORS_EXPOSED_HEADERS.join(','),
    ...(!any && { Vary: 'Origin' }),
  };
}

/**
 * CORS headers of the answer to a preflight.
 * @param methods those that are named as allowed
 */
export function preflightHeaders(
  allowed: readonly string[],
  headers: Headers,
  methods: readonly string[] = CORS_METHODS,
): Record<string, string> {
  return {
    ...corsHeaders(allowed, headers),
    'Access-Control-Allow-Methods': methods.join(','),
    'Access-Control-Allow-Headers': CORS_ALLOWED_HEADERS.join(','),
    'Access-Control-Max-Age': String(CORS_MAX_AGE_S),
  };
}
