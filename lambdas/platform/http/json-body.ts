import { AppError } from './errors';

/** Bytes of a request body (docs/contracts/common.md#requests). */
export const MAX_BODY_BYTES = 6 * 1024 * 1024;
/** Levels of arrays and objects in caller data (docs/contracts/common.md#requests). */
export const MAX_NESTING = 64;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor']);

/**
 * The bytes of a request body as they came, whatever API Gateway made of them.
 * @throws AppError `PAYLOAD_TOO_LARGE`
 */
export function bodyBytes(body: string | undefined, isBase64Encoded: boolean): Buffer {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `The body has ${bytes.length} bytes; at most ${MAX_BODY_BYTES} are taken.`,
      {
        details: { maxBytes: MAX_BODY_BYTES },
      },
    );
  }
  return bytes;
}

export interface ParseOptions {
  /** Levels that the request's own shape adds around caller data. */
  readonly envelopeDepth?: number | undefined;
  /** true: keys that could reach a prototype are taken too, for a reader who only hands the document on. */
  readonly anyKeys?: boolean;
}

/**
 * Parses a JSON document that nobody vouches for.
 * @throws AppError `INVALID_JSON`: not UTF-8, not JSON, a number too large for a double, nested too deep, or a key that
 * could reach a prototype
 */
export function parseJson(bytes: Buffer, { envelopeDepth = 0, anyKeys = false }: ParseOptions = {}): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('INVALID_JSON', 'The body is not JSON in UTF-8.', { cause });
  }
  refuseHostileShape(value, MAX_NESTING + envelopeDepth, anyKeys);
  return value;
}

/** The same for a document that has to be an object. @throws AppError `INVALID_JSON` */
export function parseJsonObject(bytes: Buffer, options?: ParseOptions): object {
  const value = bytes.length > 0 ? parseJson(bytes, options) : undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new AppError('INVALID_JSON', 'A JSON object is needed as the body.');
}

/** Walks without recursion: the depth of the document is the caller's choice, the depth of our stack is not. */
function refuseHostileShape(root: unknown, maxDepth: number, anyKeys: boolean): void {
  const pending: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const { value, depth } = item;
    // JSON.parse makes it of 1e999, and JSON.stringify would make null of that.
    if (value === Infinity || value === -Infinity) {
      throw new AppError('INVALID_JSON', 'The body has a number that is too large for a 64-bit floating point number.');
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= maxDepth) {
      throw new AppError('INVALID_JSON', `The body is nested too deep; at most ${MAX_NESTING} levels are taken.`);
    }
    for (const [key, child] of Object.entries(value as Record<string, unknown>)) {
      if (!anyKeys && FORBIDDEN_KEYS.has(key)) {
        throw new AppError('INVALID_JSON', `The body must not have a key named '${key}'.`);
      }
      pending.push({ value: child, depth: depth + 1 });
    }
  }
}
