/**
 * The value of a handler as JSON, by the convention of its caller. See
 * docs/contracts/invocations.md#semantics, docs/contracts/functions.md#semantics, docs/contracts/callbacks.md#semantics.
 */
import { isMap, isSet, isUint8Array, isWeakMap, isWeakSet } from 'node:util/types';

const HEADER_CHARS = 64 * 1024;

const stringify = JSON.stringify;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value is no result; the message says why, `name` what said so. */
export class InvalidResult extends Error {
  constructor(message, name = 'InvalidResult') {
    super(message);
    this.name = name;
  }
}

/** @returns `{json, truncated}` @throws InvalidResult */
export function encode(value, convention, resultBytes) {
  if (convention === 'invocation') return httpResult(value, resultBytes);
  const json = toJson(convention === 'function' ? functionResult(value) : value);
  const bytes = Buffer.byteLength(json);
  if (bytes > resultBytes) throw new InvalidResult(`The result has ${bytes} bytes of JSON, more than ${resultBytes}.`);
  return { json, truncated: false };
}

/** JSON text; nothing at all is null. JSON.stringify alone would make null or {} of what is not JSON. */
function toJson(value) {
  if (value === undefined) return 'null';
  let json;
  try {
    json = stringify(value, refuseNonJson);
  } catch (error) {
    if (error instanceof InvalidResult) throw error;
    // BigInt, a cycle, a depth beyond the stack; or what a toJSON of the user's threw.
    throw new InvalidResult(String(error?.message ?? error).split('\n')[0], error?.name ?? 'InvalidResult');
  }
  if (json === undefined) throw new InvalidResult(`A ${typeof value} is not JSON.`);
  return json;
}

function refuseNonJson(_key, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new InvalidResult(`${value} is not JSON.`);
  if (isSet(value) || isMap(value) || isWeakSet(value) || isWeakMap(value))
    throw new InvalidResult(`A ${value.constructor.name} is not JSON.`);
  return value;
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value is an answer with a status of its own. */
const hasStatus = (value) =>
  isObject(value) && Number.isInteger(value.statusCode) && value.statusCode >= 100 && value.statusCode <= 599;

function httpResult(value, bodyBytes) {
  const own = hasStatus(value);
  const content = own ? (value.body === undefined ? '' : value.body) : value;
  const text = own && typeof content === 'string' ? content : toJson(content);
  const [body, truncated] = cut(text, bodyBytes);
  const headers = own ? keptHeaders(value.headers) : undefined;
  const result = { statusCode: own ? value.statusCode : 200, body, ...(headers && { headers }) };
  return { json: stringify(result), truncated };
}

function keptHeaders(headers) {
  if (!isObject(headers) || !Object.values(headers).every((header) => typeof header === 'string')) return undefined;
  const chars = Object.entries(headers).reduce((sum, [name, header]) => sum + name.length + header.length, 0);
  if (chars > HEADER_CHARS) throw new InvalidResult(`The headers have more than ${HEADER_CHARS} characters.`);
  return { ...headers };
}

/** `[text of at most limit bytes as UTF-8, ending with a whole character; whether something was cut off]` */
function cut(text, limit) {
  if (text.length * 3 <= limit) return [text, false];
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return [text, false];
  let end = limit;
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end -= 1;
  return [bytes.toString('utf8', 0, end), true];
}

/** `{statusCode, headers, and one of body (a JSON value), bodyText, bodyBase64 (bytes that are no UTF-8)}` */
function functionResult(value) {
  if (!hasStatus(value)) return { statusCode: 200, headers: {}, body: value === undefined ? null : value };
  const headers = isObject(value.headers) ? value.headers : {};
  const plain = Object.entries(headers).filter(([, header]) => ['string', 'number', 'boolean'].includes(typeof header));
  return {
    statusCode: value.statusCode,
    headers: Object.fromEntries(plain.map(([name, header]) => [name, String(header)])),
    ...bodyOf(value.body),
  };
}

function bodyOf(body) {
  if (body === undefined || body === null) return { bodyText: '' };
  if (typeof body === 'string') return { bodyText: body };
  if (!isUint8Array(body)) return { body };
  try {
    return { bodyText: utf8.decode(body) };
  } catch {
    return { bodyBase64: Buffer.from(body).toString('base64') };
  }
}
