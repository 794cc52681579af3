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

/** Bytes that such an answer takes of a reply. */
export const wireBytes = (bytes: Buffer): number => sizeInJson(wireBody(bytes).body);

const sizeInJson = (text: string): number => Buffer.byteLength(JSON.stringify(text));

/** A byte order mark is kept: what comes out is what went in. */
export function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
