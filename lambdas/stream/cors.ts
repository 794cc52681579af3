import type { Headers } from '../platform/principal';

/**
 * CORS of the stream, which has no API Gateway in front to answer it (contract: common, "Requests").
 * @param allowed origins, or `*`
 */
export function corsHeaders(allowed: readonly string[], headers: Headers): Record<string, string> {
  const origin = headers['origin'];
  if (origin === undefined) return {};
  const any = allowed.includes('*');
  if (!any && !allowed.includes(origin)) return {};
  return {
    'Access-Control-Allow-Origin': any ? '*' : origin,
    'Access-Control-Expose-Headers':
      'X-Request-Id,X-Next-Cursor,ETag,Retry-After,Idempotency-Replayed,Location,X-Log-Id',
    ...(!any && { Vary: 'Origin' }),
  };
}

/** Answer to a preflight: without credentials, kept for ten minutes. */
export function preflightHeaders(allowed: readonly string[], headers: Headers): Record<string, string> {
  return {
    ...corsHeaders(allowed, headers),
    'Access-Control-Allow-Methods': 'GET,OPTIONS',
    'Access-Control-Allow-Headers':
      'Content-Type,Authorization,X-API-Key,Idempotency-Key,Last-Event-ID,X-User-ID,If-Match,Accept,Cache-Control',
    'Access-Control-Max-Age': '600',
  };
}
