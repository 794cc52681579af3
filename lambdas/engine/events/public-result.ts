import * as z from 'zod';
import { StoredAnswer } from './http-answer';
import { LIMITS } from '../run/limits';
import type { HttpResult } from './result';
import { REPLY_BYTES } from '../../platform/http/reply-bytes';
import { cutToBytes, cutToSize } from '../../platform/text';

export interface PublicResult {
  readonly result: HttpResult;
  /** The body was longer than a result may be shown. */
  readonly cut: boolean;
}

/** What is stored of any convention; an answer with odd headers is shown without them. */
const Answer = StoredAnswer.extend({
  headers: z.record(z.string(), z.string()).optional().catch(undefined),
});

/**
 * A stored result as every reader of runs is promised it, also where the run belongs to a function, a job or a callback
 * (docs/contracts/invocations.md#result): an answer's body as text, anything else as the JSON text of it with 200.
 * Bytes that are no text stay Base64.
 * @param json what `resultOf` gave
 */
export function publicResult(json: string): PublicResult {
  const value: unknown = JSON.parse(json);
  const answer = Answer.safeParse(value);
  const { statusCode, text, headers } = answer.success
    ? { ...answer.data, text: bodyOf(answer.data) }
    : { statusCode: 200, text: json };
  const body = cutToSize(cutToBytes(text, LIMITS.resultBytes), JSON_BYTES, jsonBytes);
  return { result: { statusCode, body, ...(headers && { headers }) }, cut: body.length < text.length };
}

/** A body may take so many bytes of JSON: six tenths of a reply, since the whole becomes a third longer as Base64. */
const JSON_BYTES = REPLY_BYTES * 0.6;

/** Control characters take six bytes of JSON each: a text of them is cut further. */
const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text));

function bodyOf({ body, bodyText, bodyBase64 }: z.output<typeof Answer>): string {
  const text = bodyText ?? bodyBase64 ?? body;
  if (typeof text === 'string') return text;
  return text === undefined ? '' : JSON.stringify(text);
}
