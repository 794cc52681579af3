import type { ServerResponse } from 'node:http';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import type { FunctionFailure } from '../failure';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** Writes the frames of InvokeWithResponseStream (vnd.amazon.eventstream). */
export class EventStreamWriter {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** @returns false where the reader is slow and the writer should wait for `drain`. */
  chunk(bytes: Uint8Array): boolean {
    return this.#response.write(frame('PayloadChunk', 'application/octet-stream', bytes));
  }

  /** The last frame; tells the failure where there is one. */
  complete(failure: FunctionFailure | undefined): void {
    const body = failure ? { ErrorCode: failure.errorType, ErrorDetails: failure.payload } : {};
    this.#response.end(frame('InvokeComplete', 'application/json', fromUtf8(JSON.stringify(body))));
  }
}

function frame(eventType: string, contentType: string, body: Uint8Array): Uint8Array {
  const text = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      ':message-type': text('event'),
      ':event-type': text(eventType),
      ':content-type': text(contentType),
    },
    body,
  });
}
