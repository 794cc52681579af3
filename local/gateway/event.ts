import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { httpEvent } from '../lambda/faces/http-event';
import type { RouteMatch } from './routes';

/** A request as the gateway has read it. */
export interface ReadRequest {
  /** Decoded, escaped slashes included. */
  readonly path: string;
  /** As it was sent, without `?`. */
  readonly rawQueryString: string;
  readonly body: Buffer;
  /** Epoch ms. */
  readonly arrivedAt: number;
}

/** The emulator's account. */
const ACCOUNT = '000000000000';

/** Content types whose bodies an HTTP API hands on as text; all others, and none, come as base64. */
const TEXTUAL = /^(text\/.*|application\/(json|xml|javascript))$/;

/**
 * The event that an HTTP API makes of a request (payload format 2.0).
 * A body that says it is text and is not UTF-8 comes as base64, so that the function sees the bytes that were sent; what
 * AWS does with one only an account can show (docs/deploy.md).
 */
export function gatewayEvent(
  request: IncomingMessage,
  { path, rawQueryString, body, arrivedAt }: ReadRequest,
  { route, pathParameters }: RouteMatch,
  apiId: string,
): unknown {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return httpEvent(request, {
    rawPath: path,
    rawQueryString,
    body,
    isText: TEXTUAL.test(type) && isUtf8(body),
    routeKey: route.key,
    apiId,
    accountId: ACCOUNT,
    path,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    pathParameters,
    arrivedAt,
  });
}
