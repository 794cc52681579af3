import type { Answer, Run } from '../../engine';
import { AppError } from '../../platform/http/errors';
import { fitsReply, REPLY_BYTES } from '../../platform/http/reply-bytes';

/** Of bytes that are not text, which travel as Base64. */
const RAW_BINARY_BYTES = Math.floor((REPLY_BYTES * 3) / 4);

/** Media type as a header may carry it; what user code says else is not passed on. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;\s*[\w!#$&^.+-]+=("[\w !#$&^.+:/-]*"|[\w!#$&^.+-]+))*$/;

/** Statuses that never come with a body (RFC 9110): a length would announce one. */
const WITHOUT_BODY = [204, 205, 304];
const NO_BYTES = Buffer.alloc(0);

/**
 * Headers that say something of this answer only. Cookies, CORS and whatever else rules over the origin are the
 * platform's, and so is what the connection needs.
 */
const PASSED_ON = new Map(
  [
    'Cache-Control',
    'Content-Disposition',
    'Content-Language',
    'ETag',
    'Expires',
    'Last-Modified',
    'Link',
    'Location',
    'Retry-After',
    'Vary',
  ].map((name) => [name.toLowerCase(), name]),
);
/** Names of the caller's own making, but those that proxies, browsers or the platform take for theirs. */
const OWN_NAME = /^x-(?!amz|narae|request-id$|log-id$|next-cursor$|content-type|frame-|xss-|forwarded|real-ip|accel)/;
const TOKEN = /^[a-z0-9-]{1,64}$/;
const VALUE = /^[\x20-\x7e]{0,1024}$/;
/** HTTP API carries 10 KB of headers, the platform's among them. */
const HEADER_CHARS = 4_096;

function passedOn(headers: Answer['headers']): Record<string, string> {
  const kept = new Map<string, string>();
  let chars = 0;
  for (const [sent, value] of Object.entries(headers)) {
    const name = sent.toLowerCase();
    const known = PASSED_ON.get(name) ?? (OWN_NAME.test(name) && TOKEN.test(name) ? name : undefined);
    if (known === undefined || !VALUE.test(value)) continue;
    chars += name.length + value.length;
    if (chars > HEADER_CHARS) break;
    kept.set(known, value);
  }
  return Object.fromEntries(kept);
}

/**
 * The function's own answer; what it holds must not act as a page of the platform's
 * (docs/contracts/functions.md#raw-answer).
 * @throws AppError `EXECUTION_ERROR` where one reply cannot carry it
 */
export function rawReply(run: Run, { statusCode, contentType, headers, raw }: Answer) {
  const bytes = raw();
  if (!fitsReply(bytes, REPLY_BYTES))
    throw new AppError(
      'EXECUTION_ERROR',
      `The function answered ${bytes.length} bytes that are not text; at most ${RAW_BINARY_BYTES} of those can be sent.`,
      {
        details: { logId: run.id, maxBytes: RAW_BINARY_BYTES },
        headers: { 'X-Log-Id': run.id },
        replayable: true,
      },
    );
  const type = contentType !== undefined && MEDIA_TYPE.test(contentType) ? contentType : 'application/octet-stream';
  return {
    // Statuses below 200 announce an answer, they are none.
    status: statusCode < 200 ? 200 : statusCode,
    body: undefined,
    bytes: WITHOUT_BODY.includes(statusCode) ? NO_BYTES : bytes,
    headers: {
      ...passedOn(headers),
      'Content-Type': type,
      'Content-Security-Policy': 'sandbox',
      'X-Content-Type-Options': 'nosniff',
      'X-Log-Id': run.id,
    },
  };
}
