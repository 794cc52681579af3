import { Transform, type TransformCallback } from 'node:stream';

/** Status, headers and cookies of an HTTP answer. */
export interface HttpHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
}

/** Content type by which a streaming function says that its answer begins with a prelude. */
export const PRELUDE_CONTENT_TYPE = 'application/vnd.awslambda.http-integration-response';
const PRELUDE_END = Buffer.alloc(8);
const PRELUDE_LIMIT_BYTES = 64 * 1024;

/**
 * Takes the prelude (JSON with status, headers and cookies, then eight NUL bytes) off a streamed answer, tells it through
 * `onHead`, and passes the rest on as it comes. A prelude that can't be read ends the stream with an error.
 */
export class PreludeParser extends Transform {
  readonly #onHead: (head: HttpHead) => void;

  #pending: Buffer | undefined = Buffer.alloc(0);

  constructor(onHead: (head: HttpHead) => void) {
    super();
    this.#onHead = onHead;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#pending === undefined) {
      done(null, chunk);
      return;
    }
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const end = this.#pending.indexOf(PRELUDE_END);
    if (end < 0) {
      done(this.#pending.length > PRELUDE_LIMIT_BYTES ? new Error('The prelude of the answer has no end.') : null);
      return;
    }
    const rest = this.#pending.subarray(end + PRELUDE_END.length);
    const head = readHead(this.#pending.subarray(0, end).toString('utf8'));
    this.#pending = undefined;
    if (!head) {
      done(new Error('The prelude of the answer is not JSON.'));
      return;
    }
    this.#onHead(head);
    done(null, rest.length > 0 ? rest : undefined);
  }

  override _flush(done: TransformCallback): void {
    done(this.#pending === undefined ? null : new Error('The answer ended within its prelude.'));
  }
}

/** A whole answer of a function that does not stream: `{statusCode, headers, cookies, body}`, or any other JSON. */
export function readWholeAnswer(json: string): { head: HttpHead; body: Buffer } {
  const value = parse(json);
  if (!isObject(value) || !('statusCode' in value)) {
    const body = typeof value === 'string' ? value : json;
    return {
      head: { statusCode: 200, headers: { 'content-type': 'application/json' }, cookies: [] },
      body: Buffer.from(body),
    };
  }
  const body =
    typeof value['body'] === 'string'
      ? value['body']
      : value['body'] === undefined
        ? ''
        : JSON.stringify(value['body']);
  const encoding = value['isBase64Encoded'] === true ? 'base64' : 'utf8';
  return { head: headOf(value, { 'content-type': 'application/json' }), body: Buffer.from(body, encoding) };
}

function readHead(json: string): HttpHead | undefined {
  const value = parse(json);
  return isObject(value) ? headOf(value, { 'content-type': 'application/octet-stream' }) : undefined;
}

function headOf(value: Record<string, unknown>, defaults: Record<string, string>): HttpHead {
  const status = Number(value['statusCode'] ?? 200);
  const headers: Record<string, string> = { ...defaults };
  if (isObject(value['headers'])) {
    for (const [name, content] of Object.entries(value['headers'])) headers[name.toLowerCase()] = String(content);
  }
  const cookies = Array.isArray(value['cookies']) ? value['cookies'].map(String) : [];
  return { statusCode: Number.isInteger(status) && status >= 100 && status <= 599 ? status : 502, headers, cookies };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
