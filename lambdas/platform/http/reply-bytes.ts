import { utf8 } from '../text';

/** What a Lambda function may answer, with some room for the rest of the reply: bytes of its JSON. */
export const REPLY_BYTES = 5.8 * 1024 * 1024;

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
  base64Size(bytes.length) <= limit || sizeInJson(wireBody(bytes).body) <= limit;

/** Bytes that a JSON body takes of a reply: as text within JSON or as Base64, whichever is shorter. */
export function bytesInReply(value: unknown): number {
  const json = JSON.stringify(value);
  return Math.min(sizeInJson(json), base64Size(Buffer.byteLength(json)));
}

/** Bytes of a JSON body that goes as text. */
export const bytesAsText = (value: unknown): number => sizeInJson(JSON.stringify(value));

/** What of a list one reply can carry: the list goes as text or as Base64, whichever is shorter for all of it. */
export class ReplyBudget {
  #asText = 0;
  #asBase64 = 0;

  /**
   * Whether an entry finds room; then it has taken it.
   * @param keptFree bytes to be left for others
   */
  take(entry: unknown, keptFree = 0): boolean {
    const json = JSON.stringify(entry);
    const asText = this.#asText + sizeInJson(json);
    const asBase64 = this.#asBase64 + base64Size(Buffer.byteLength(json) + COMMA);
    if (Math.min(asText, asBase64) > REPLY_BYTES - keptFree) return false;
    this.#asText = asText;
    this.#asBase64 = asBase64;
    return true;
  }
}

/** As many entries of a list, from its beginning on, as one reply can carry. */
export function fittingReply<T>(entries: readonly T[]): T[] {
  const budget = new ReplyBudget();
  const end = entries.findIndex((entry) => !budget.take(entry));
  return entries.slice(0, end < 0 ? undefined : end);
}

const QUOTES = 2;
const COMMA = 1;

const base64Size = (bytes: number): number => Math.ceil(bytes / 3) * 4 + QUOTES;
const sizeInJson = (text: string): number => Buffer.byteLength(JSON.stringify(text));
