/** An event as it is sent; `data` becomes its one line of JSON. */
export interface SentEvent {
  readonly seq: number;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The wire form of server-sent events (docs/contracts/invocations.md#events). */

/** Asks clients that reconnect to wait so long. */
export const sseStart = (retryMs: number): string => `retry: ${retryMs}\n\n`;

/**
 * One event. The data is JSON, in which a line end inside a string is an escape: whatever user code prints, it cannot
 * end the line and forge an event. U+2028 and U+2029 are line ends for no SSE client, but for some JavaScript ones.
 */
export function sseEvent({ seq, event, data }: SentEvent): string {
  const json = JSON.stringify(data)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
  return `id: ${seq}\nevent: ${event}\ndata: ${json}\n\n`;
}
