import { utf8 } from './utf8';

/** Bytes of an answer as a Lambda function hands them over: in JSON, as text where they are text, else as Base64. */
export interface WireBody {
  readonly body: string;
  readonly isBase64?: true;
}

/**
 * The shorter of the two: a reply has 6 MB with everything in it, Base64 takes a third more than the bytes, and text
 * with many control characters six times as much.
 */
export function wireBody(bytes: Buffer): WireBody {
  const base64 = bytes.toString('base64');
  const text = utf8(bytes);
  return text !== undefined && sizeInJson(text) <= base64.length ? { body: text } : { body: base64, isBase64: true };
}

/** Whether such an answer takes at most so many bytes of a reply. Base64 is never longer, and its size needs no making. */
export const fitsReply = (bytes: Buffer, limit: number): boolean =>
  Math.ceil(bytes.length / 3) * 4 + QUOTES <= limit || sizeInJson(wireBody(bytes).body) <= limit;

const QUOTES = 2;

const sizeInJson = (text: string): number => Buffer.byteLength(JSON.stringify(text));
