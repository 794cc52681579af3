import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { readAnswer, TooLarge } from './read-answer';
import { bareHost, portOf } from './target';

/** What came back, whatever its status. */
export interface OutboundReply {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** The time limit passed. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/** No connection, or one that broke or did not speak HTTP. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export interface OutboundCall {
  readonly url: URL;
  /** Checked addresses of its host: the connection goes to one of them, and no name is looked up again. */
  readonly addresses: readonly string[];
  readonly json: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Beside those that every such POST has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Authorities beside the system's. */
  readonly tls?: SecureContextOptions;
}

/** Another address is tried when this one was never connected to. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * POSTs JSON to a checked address under the name of the URL (Host header, TLS name), on a connection of its own that is
 * not reused. Redirects are answers like others.
 * @throws TooSlow, TooLarge, Unreachable
 */
export async function postJson(call: OutboundCall): Promise<OutboundReply> {
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(call.timeoutMs)));
  let last: unknown;
  for (const address of call.addresses) {
    try {
      return await postTo(address, call, signal);
    } catch (error) {
      if (error instanceof TooLarge) throw error;
      if (signal.aborted) throw new TooSlow('No answer in time.', { cause: error });
      last = error;
      if (!NOT_CONNECTED.has(codeOf(error))) break;
    }
  }
  throw new Unreachable('The host cannot be reached.', { cause: last });
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

function postTo(address: string, call: OutboundCall, signal: AbortSignal): Promise<OutboundReply> {
  const { url, json } = call;
  const secure = url.protocol === 'https:';
  const name = bareHost(url);
  const options = {
    host: address,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    // No agent keeps the connection: what it led to was checked for this call only.
    agent: false,
    signal,
    headers: {
      Host: url.host,
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(json)),
      Accept: '*/*',
      'Accept-Encoding': 'identity',
      'User-Agent': 'narae',
      Connection: 'close',
      ...call.headers,
    },
    ...(secure && { ...call.tls, ...(isIP(name) === 0 && { servername: name }) }),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(options, (answer) => {
      read(answer, call.maxBytes).then(resolve, reject);
    });
    request.on('error', reject);
    request.on('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new Error('The host switched protocols.'));
    });
    request.end(json);
  });
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<OutboundReply> {
  const body = await readAnswer(answer, maxBytes);
  return { status: answer.statusCode ?? 502, contentType: answer.headers['content-type'], body };
}
