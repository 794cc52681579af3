import * as z from 'zod';
import { utf8 } from '../../platform/text';

/** Results of the form `answer`: as they are kept with a run, and as a log shows them. */

/** Bytes of JSON that logs show of a body as a whole; more is shown by its beginning (section 6, "Limits on stored data"). */
export const SHOWN_BYTES = 64 * 1_024;
const PREVIEW_CHARS = 1_024;

export const Preview = z.object({ truncated: z.literal(true), bytes: z.number(), preview: z.string() });
export type Preview = z.output<typeof Preview>;

/** @param json of what is too large to be shown */
export const previewOf = (json: string): Preview => ({
  truncated: true,
  bytes: Buffer.byteLength(json),
  preview: json.slice(0, PREVIEW_CHARS).toWellFormed(),
});

/** What a log shows of an answer in its place, for one too large to be shown: kept with the run, so that lists need not read it. */
export function answerPreview(resultJson: string): Preview | undefined {
  // What is shown is never longer than what is stored.
  if (Buffer.byteLength(resultJson) <= SHOWN_BYTES) return undefined;
  const shown = JSON.stringify(readAnswer(resultJson).responseBody);
  return Buffer.byteLength(shown) > SHOWN_BYTES ? previewOf(shown) : undefined;
}

export interface Answer {
  readonly statusCode: number;
  readonly contentType: string | undefined;
  /** As the function named them, its content type among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The answer, parsed if it parses. */
  readonly responseBody: unknown;
  /** The body alone, for `raw=true`. */
  readonly raw: () => Buffer;
}

/** The sandbox says it so (docs/sandbox.md, convention `function`); exactly one of the bodies is there. */
export const StoredAnswer = z.object({
  statusCode: z.int().min(100).max(599),
  headers: z.record(z.string(), z.string()).default({}),
  /** A JSON value. */
  body: z.unknown().optional(),
  bodyText: z.string().optional(),
  bodyBase64: z.string().optional(),
});

const JSON_TYPE = 'application/json';

/** Reads what is stored of a run that completed; anything of another shape is taken for a plain value. */
export function readAnswer(resultJson: string): Answer {
  const value: unknown = JSON.parse(resultJson);
  const result = StoredAnswer.safeParse(value);
  if (!result.success) return { ...ofValue(200, undefined, value), headers: {} };
  const { statusCode, headers, body, bodyText, bodyBase64 } = result.data;
  const contentType = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (bodyBase64 !== undefined)
    return { ...ofBytes(statusCode, contentType, Buffer.from(bodyBase64, 'base64')), headers };
  if (bodyText !== undefined) return { ...ofText(statusCode, contentType, bodyText), headers };
  return { ...ofValue(statusCode, contentType, body ?? null), headers };
}

/** What is stored of bytes that came from somewhere else, in the same form. */
export function storedAnswer(statusCode: number, contentType: string | undefined, bytes: Buffer): string {
  const headers = contentType === undefined ? {} : { 'content-type': contentType };
  const bodyText = utf8(bytes);
  return JSON.stringify(
    bodyText === undefined
      ? { statusCode, headers, bodyBase64: bytes.toString('base64') }
      : { statusCode, headers, bodyText },
  );
}

type Content = Omit<Answer, 'headers'>;

const ofValue = (statusCode: number, contentType: string | undefined, value: unknown): Content => ({
  statusCode,
  contentType: contentType ?? JSON_TYPE,
  responseBody: value,
  raw: () => Buffer.from(JSON.stringify(value)),
});

function ofText(statusCode: number, contentType: string | undefined, text: string): Content {
  const parsed = parsedOr(text);
  return {
    statusCode,
    contentType: contentType ?? ('data' in parsed ? 'text/plain; charset=utf-8' : JSON_TYPE),
    responseBody: 'data' in parsed ? { data: text } : parsed.value,
    raw: () => Buffer.from(text),
  };
}

function ofBytes(statusCode: number, contentType: string | undefined, bytes: Buffer): Content {
  const text = utf8(bytes);
  if (text !== undefined) return ofText(statusCode, contentType, text);
  return {
    statusCode,
    contentType: contentType ?? 'application/octet-stream',
    responseBody: { data: bytes.toString('base64'), encoding: 'base64' },
    raw: () => bytes,
  };
}

function parsedOr(text: string): { readonly value: unknown } | { readonly data: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { data: text };
  }
}
