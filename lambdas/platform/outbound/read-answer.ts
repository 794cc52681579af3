import type { IncomingMessage } from 'node:http';

/** The answer has more bytes than are taken. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/**
 * The whole body of an answer.
 * @throws TooLarge as soon as it has more than `maxBytes`; the connection is given up then
 */
export async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) {
      answer.destroy();
      throw new TooLarge(`The answer has more than ${maxBytes} bytes.`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
