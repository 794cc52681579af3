import type { IncomingHttpHeaders } from 'node:http';

/** CORS as the API is configured with. */
export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number;
}

/** Headers that an integration may not set where the API has a CORS configuration. */
export const isCorsHeader = (name: string): boolean => name.toLowerCase().startsWith('access-control-');

/**
 * The headers that an HTTP API with a CORS configuration adds: only where the request has an `Origin`; those of a
 * preflight only where it also names a method.
 */
export function corsHeaders(
  cors: CorsConfiguration | undefined,
  method: string,
  headers: IncomingHttpHeaders,
): Record<string, string> {
  const { origin } = headers;
  if (!cors || origin === undefined) return {};
  const anyOrigin = cors.allowOrigins.includes('*');
  if (!anyOrigin && !cors.allowOrigins.includes(origin)) return {};
  const allowed: Record<string, string> = {
    'access-control-allow-origin': anyOrigin ? '*' : origin,
    ...(cors.exposeHeaders.length > 0 && { 'access-control-expose-headers': cors.exposeHeaders.join(',') }),
  };
  if (!anyOrigin) allowed['vary'] = 'Origin';
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return allowed;
  return {
    ...allowed,
    'access-control-allow-methods': cors.allowMethods.join(','),
    'access-control-allow-headers': cors.allowHeaders.join(','),
    'access-control-max-age': String(cors.maxAgeSeconds),
  };
}
