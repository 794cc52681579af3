import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Headers that belong to one connection and are never passed on (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** What only an edge may say; a client that says it is not heard. */
const OURS = ['x-narae-origin', 'x-narae-visitor', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port'];

export function forwardedHeaders(
  request: IncomingMessage,
  host: string,
  originSecret: string | undefined,
): OutgoingHttpHeaders {
  const headers = without(request.headers, [...HOP_BY_HOP, ...OURS, ...namedByConnection(request.headers)]);
  const before = request.headers['x-forwarded-for'];
  const address = request.socket.remoteAddress ?? '';
  const chunked = request.headers['transfer-encoding'] !== undefined;
  return {
    ...headers,
    host,
    'x-forwarded-for': before === undefined ? address : `${String(before)}, ${address}`,
    // Answers with absolute addresses name the host that the caller used.
    ...(request.headers.host !== undefined && { 'x-forwarded-host': request.headers.host }),
    'x-forwarded-proto': 'http',
    'x-narae-visitor': address,
    ...(originSecret !== undefined && { 'x-narae-origin': originSecret }),
    ...(chunked && { 'transfer-encoding': 'chunked' }),
  };
}

export function answerHeaders(answer: IncomingMessage): OutgoingHttpHeaders {
  return without(answer.headers, [...HOP_BY_HOP, ...namedByConnection(answer.headers)]);
}

function without(headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

const namedByConnection = ({ connection }: IncomingHttpHeaders) =>
  (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
