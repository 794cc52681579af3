import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { responseTooLarge, type FunctionFailure } from './failure';
import { failureInTrailers } from './runtime-api';

/** A function's answer, as it comes. */
export interface FunctionResponse {
  readonly contentType: string;
  /** Whether the function streams; otherwise `body` is all there at once. */
  readonly streaming: boolean;
  /** Ends also where the function fails half-way; `ended` says so. A reader that leaves destroys it. */
  readonly body: Readable;
  /** The failure that ended the answer early, or undefined. Never rejects. */
  readonly ended: Promise<FunctionFailure | undefined>;
}

export type InvokeResult =
  | { readonly ok: true; readonly response: FunctionResponse }
  | { readonly ok: false; readonly failure: FunctionFailure };

/** Limits of Lambda, bytes. */
export const BUFFERED_RESPONSE_LIMIT = 6_291_556;
const STREAMED_RESPONSE_LIMIT = 200 * 1024 * 1024;

/** An answer that streams: `finish` ends it, with the failure where something ended it from outside. */
export interface StreamedAnswer {
  readonly response: FunctionResponse;
  finish(failure?: FunctionFailure): void;
}

export function isStreaming(request: IncomingMessage): boolean {
  return request.headers['lambda-runtime-function-response-mode'] === 'streaming';
}

/**
 * Passes a streamed body on chunk by chunk. A slow reader slows the function down, as on Lambda; a reader that leaves
 * does not stop it: the rest is read and dropped.
 */
export function streamAnswer(request: IncomingMessage, done: () => void): StreamedAnswer {
  const body = new PassThrough();
  let settle: (failure: FunctionFailure | undefined) => void = () => undefined;
  const ended = new Promise<FunctionFailure | undefined>((resolve) => (settle = resolve));
  let finished = false;
  const finish = (problem?: FunctionFailure) => {
    if (finished) return;
    finished = true;
    request.unpipe(body);
    request.resume();
    body.end();
    settle(problem);
    done();
  };
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > STREAMED_RESPONSE_LIMIT) finish(responseTooLarge(STREAMED_RESPONSE_LIMIT));
  });
  request.pipe(body, { end: false });
  body.once('close', () => {
    request.unpipe(body);
    request.resume();
  });
  request.once('end', () => finish(failureInTrailers(request)));
  const contentType = request.headers['content-type'] ?? 'application/octet-stream';
  return { response: { contentType, streaming: true, body, ended }, finish };
}

/** Reads a buffered body. @returns undefined where it is larger than Lambda allows, or was cut off. */
export async function readAnswer(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= BUFFERED_RESPONSE_LIMIT) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return bytes > BUFFERED_RESPONSE_LIMIT ? undefined : Buffer.concat(chunks);
}

export function bufferedResponse(content: Buffer, contentType: string | undefined): FunctionResponse {
  return {
    contentType: contentType ?? 'application/json',
    streaming: false,
    body: Readable.from([content]),
    ended: Promise.resolve(undefined),
  };
}
