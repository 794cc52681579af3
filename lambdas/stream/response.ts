import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Sink } from './follow';

/** Longest wait for a client that does not read; the stream is then given up, and the client may resume. */
const DRAIN_MS = 60_000;

/**
 * Sends status and headers at once. They travel in front of the first bytes, so an empty write has to push them out:
 * without it an answer without a body would have no status, and a stream without events no start.
 */
export function respond(
  output: awslambda.HttpResponseStream,
  statusCode: number,
  headers: Readonly<Record<string, string>>,
): Writable {
  const stream = awslambda.HttpResponseStream.from(output, { statusCode, headers });
  stream.write('');
  return stream;
}

/** Writes no faster than the client reads, and notices when it has gone (where the runtime lets us know). */
export function sinkOf(stream: Writable): Sink {
  let gone = false;
  const leave = (): void => {
    gone = true;
  };
  stream.on('error', leave);
  stream.on('close', leave);
  return {
    write: async (text) => {
      if (gone || stream.destroyed) return false;
      if (!stream.write(text)) {
        await once(stream, 'drain', { signal: AbortSignal.timeout(DRAIN_MS) }).catch(leave);
      }
      // `leave` may have been called while we waited.
      return !(gone as boolean);
    },
  };
}
