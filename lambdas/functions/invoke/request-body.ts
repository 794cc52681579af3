import { parseJson } from '../../platform/http/json-body';
import type { TraceContext } from '../../platform/trace-context';

/** What an invoke was sent: the value, and its text as it came; nothing is an empty object. */
export interface RequestBody {
  readonly value: unknown;
  readonly text: string;
  /** What the request says it belongs to, beside its body. */
  readonly trace?: TraceContext | undefined;
}

/** @throws AppError `INVALID_JSON` */
export function readRequest(bytes: Buffer): RequestBody {
  if (bytes.length === 0) return { value: {}, text: '{}' };
  const value = parseJson(bytes);
  return { value, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}

/**
 * The first argument of a handler, as JSON text (docs/contracts/functions.md#engine-contract,
 * docs/contracts/callbacks.md#event).
 * The names of an object body stand at the top level too; those of the event win.
 */
export function eventOf({ value, text }: RequestBody): string {
  const names = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return JSON.stringify({
    ...names,
    httpMethod: 'POST',
    path: '',
    queryStringParameters: {},
    headers: { 'content-type': 'application/json' },
    body: value,
    rawBody: text,
    isBase64Encoded: false,
  });
}
