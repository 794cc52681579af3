import type { IncomingMessage } from 'node:http';
import { decodedPath, httpEvent } from './http-event';

/** The address of a request to a function's URL, and its body. */
export interface UrlRequest {
  /** Path after the function, with `/` in front, as it was sent. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly body: Buffer;
}

/** The event that Lambda makes from a request to a function URL. */
export function functionUrlEvent(request: IncomingMessage, { rawPath, rawQueryString, body }: UrlRequest): unknown {
  const forwardedFor = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')[0]
    ?.trim();
  return httpEvent(request, {
    rawPath,
    rawQueryString,
    body,
    isText: isTextual(request.headers['content-type']),
    routeKey: '$default',
    apiId: (request.headers.host ?? 'localhost').split('.')[0] ?? '',
    accountId: 'anonymous',
    path: decodedPath(rawPath),
    sourceIp: forwardedFor || (request.socket.remoteAddress ?? '127.0.0.1'),
    arrivedAt: Date.now(),
  });
}

/** Content types whose bodies come as text; all others come as base64. */
function isTextual(contentType: string | undefined): boolean {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return /^(text\/.*|application\/(json|xml|javascript|x-www-form-urlencoded)|.*\+(json|xml))$/.test(type);
}
