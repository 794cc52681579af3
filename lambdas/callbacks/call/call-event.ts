import { AppError } from '../../platform/http/errors';
import { parseJson } from '../../platform/http/json-body';
import type { Headers } from '../../platform/auth/principal';
import { utf8 } from '../../platform/text';
import { CALLBACK_LIMITS, type CallMethod } from '../limits';

export interface HttpCall {
  readonly method: CallMethod;
  /** Without slashes. */
  readonly name: string;
  readonly rawQuery: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Credentials, and what the edge tells the platform, are not for the callback. */
const WITHHELD = new Set(['authorization', 'cookie', 'x-api-key', 'x-narae-origin', 'x-narae-visitor']);
const WITH_BODY: readonly CallMethod[] = ['POST', 'PUT', 'PATCH'];

/**
 * What a handler gets as its event (docs/contracts/callbacks.md#event). For older handlers the names of the query
 * and of an object body also stand at the top level; the names of the event itself always win.
 * Names like `__proto__` become plain fields here, as in what JSON.parse returns: spreading defines, it does not assign.
 */
export function eventOf({ method, name, rawQuery, headers, body }: HttpCall): Record<string, unknown> {
  const query = Object.fromEntries(new URLSearchParams(rawQuery));
  const parsed = WITH_BODY.includes(method) ? jsonOrEmpty(body) : {};
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  const text = utf8(body);
  return {
    ...query,
    ...(isObject && parsed),
    httpMethod: method,
    path: name,
    queryStringParameters: query,
    body: parsed,
    headers: Object.fromEntries(Object.entries(headers).filter(([header]) => !WITHHELD.has(header))),
    rawBody: text ?? body.toString('base64'),
    isBase64Encoded: text === undefined,
  };
}

/**
 * The event as JSON text. A control character takes one byte in a request and six there.
 * @throws AppError `PAYLOAD_TOO_LARGE` when it is more than a sandbox reads
 */
export function eventText(call: HttpCall): string {
  const text = JSON.stringify(eventOf(call));
  const bytes = Buffer.byteLength(text);
  const maxBytes = CALLBACK_LIMITS.eventBytes;
  if (bytes <= maxBytes) return text;
  throw new AppError(
    'PAYLOAD_TOO_LARGE',
    `The request makes an event of ${bytes} bytes as JSON, with its escapes; at most ${maxBytes} are taken.`,
    { details: { maxBytes } },
  );
}

/** An empty body or one that is not JSON is `{}`, never an error: load scripts send such bodies. */
function jsonOrEmpty(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return parseJson(body, { anyKeys: true });
  } catch {
    return {};
  }
}
