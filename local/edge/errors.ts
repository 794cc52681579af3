import { randomBytes } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Refusals that come from the edge itself, in the form of every other (docs/contracts/common.md#errors). */
const REFUSALS = {
  BAD_REQUEST: [400, 'The request is not valid HTTP.'],
  ROUTE_NOT_FOUND: [404, 'There is nothing at this address. GET /docs shows what there is.'],
  REQUEST_TIMEOUT: [408, 'The request came too slowly. Send it without pauses.'],
  PAYLOAD_TOO_LARGE: [413, 'The request is too large.'],
  RATE_LIMITED: [429, 'There are too many requests at the moment. Try again.'],
  HEADERS_TOO_LARGE: [431, 'The headers are larger than 16 KiB.'],
  INTERNAL_ERROR: [500, 'Something went wrong on our side. Quote the request id when you report it.'],
  SERVICE_UNAVAILABLE: [503, 'The service cannot take the request at the moment. Try again.'],
  TIMEOUT: [504, 'There was no answer in time. What was started may go on: look before you send it again.'],
} as const;

export type EdgeErrorCode = keyof typeof REFUSALS;

/** How long a refused request may go on sending before its connection is cut, ms. */
const DRAIN_MS = 5_000;

export const newRequestId = () => `req-${randomBytes(8).toString('hex')}`;

/** Answers with an error. A body that is still coming is read and dropped, or the client would never see the answer. */
export function sendError(request: IncomingMessage, response: ServerResponse, code: EdgeErrorCode): void {
  const { status, headers, body } = refusal(code);
  const unread = !request.complete;
  response.writeHead(status, { ...headers, ...(unread && { Connection: 'close' }) });
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

/** What Node's parser or its clock found wrong with a request, in our words. */
export function codeOfBadRequest({ code }: NodeJS.ErrnoException): EdgeErrorCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'REQUEST_TIMEOUT';
  return code === 'HPE_HEADER_OVERFLOW' ? 'HEADERS_TOO_LARGE' : 'BAD_REQUEST';
}

/**
 * What the HTTP API says itself (throttled, no function to be had, too large) has its own words; answers of functions
 * carry X-Request-Id (docs/contracts/common.md#errors), and its answers do not.
 * @returns what to answer instead, or undefined where the answer is a function's
 */
export function codeOfAnswer({ statusCode: status = 502, headers }: IncomingMessage): EdgeErrorCode | undefined {
  if (headers['x-request-id'] !== undefined) return undefined;
  if (status === 404) return 'ROUTE_NOT_FOUND';
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 503) return 'SERVICE_UNAVAILABLE';
  if (status === 504) return 'TIMEOUT';
  return status >= 500 ? 'INTERNAL_ERROR' : undefined;
}

/** The same for a request that could not be read, or not to its end: there is nothing but its connection to answer on. */
export function sendErrorOnConnection(connection: Duplex, code: EdgeErrorCode): void {
  const { status, headers, body } = refusal(code);
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  connection.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  // What the client still sends is nobody's any more; closed at once, it would lose the answer.
  const timer = setTimeout(() => connection.destroy(), DRAIN_MS);
  connection.once('close', () => clearTimeout(timer));
}

/** As the HTTP API exposes them on every answer (docs/contracts/common.md#requests). */
const EXPOSED_HEADERS = 'X-Request-Id, X-Next-Cursor, ETag, Retry-After, Idempotency-Replayed, Location, X-Log-Id';

function refusal(code: EdgeErrorCode) {
  const [status, message] = REFUSALS[code];
  const requestId = newRequestId();
  const body = JSON.stringify({ error: { code, message, requestId } });
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Request-Id': requestId,
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': EXPOSED_HEADERS,
    ...((status === 503 || status === 429) && { 'Retry-After': '1' }),
  };
  return { status, headers, body };
}
