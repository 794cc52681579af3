import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Refusals that come from the edge itself, in the form of every other (contract: common, "Errors"). */
const REFUSALS = {
  ROUTE_NOT_FOUND: [404, 'There is nothing at this address. GET /docs shows what there is.'],
  PAYLOAD_TOO_LARGE: [413, 'The request is larger than 10 MB.'],
  INTERNAL_ERROR: [500, 'Something went wrong on our side. Quote the request id when you report it.'],
  SERVICE_UNAVAILABLE: [503, 'The service cannot take the request at the moment. Try again.'],
  TIMEOUT: [504, 'There was no answer within 30 s.'],
} as const;

export type EdgeErrorCode = keyof typeof REFUSALS;

/** How long a refused request may go on sending before its connection is cut, ms. */
const DRAIN_MS = 5_000;

export const newRequestId = () => `req-${randomBytes(8).toString('hex')}`;

/** Answers with an error. A body that is still coming is read and dropped, or the client would never see the answer. */
export function sendError(request: IncomingMessage, response: ServerResponse, code: EdgeErrorCode): void {
  const [status, message] = REFUSALS[code];
  const requestId = newRequestId();
  const body = JSON.stringify({ error: { code, message, requestId } });
  const unread = !request.complete;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After',
    ...(status === 503 && { 'Retry-After': '1' }),
    ...(unread && { Connection: 'close' }),
  });
  if (!unread) {
    response.end(body);
    return;
  }
  response.write(body);
  const timer = setTimeout(() => response.end(), DRAIN_MS);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => response.end());
  request.unpipe();
  request.resume();
}
