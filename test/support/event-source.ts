import { EventSource, type FetchLike } from 'eventsource';
import { target } from './api';
import { Event } from './shapes';

/** What a page saw through an EventSource. */
export interface Seen {
  readonly events: readonly Event[];
  /** Messages without an event name; there must be none. */
  readonly unnamed: number;
  /** How often the connection was opened. */
  readonly opened: number;
  /** Status code of the answer that ended it for good, if one did. */
  readonly lastCode: number | undefined;
}

export interface FollowOptions {
  /** false: closes at the first error, as existing clients do (section 8). true: lets the EventSource reconnect. */
  readonly reconnect: boolean;
  readonly fetch?: FetchLike;
  readonly deadlineMs?: number;
}

/** Follows a run through the npm `eventsource` package until the EventSource is closed. */
export function followAsPage(path: string, { reconnect, fetch, deadlineMs = 90_000 }: FollowOptions): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(target().url + path, fetch ? { fetch } : {});
    const events: Event[] = [];
    let unnamed = 0;
    let opened = 0;
    const end = (settle: () => void) => {
      clearTimeout(tooLate);
      source.close();
      settle();
    };
    const tooLate = setTimeout(() => {
      end(() =>
        reject(new Error(`The stream ${path} went on for ${deadlineMs} ms; got ${JSON.stringify(events).slice(-500)}`)),
      );
    }, deadlineMs);
    for (const name of ['STATUS', 'LOG', 'COMPLETE']) {
      source.addEventListener(name, (message) => {
        const event = {
          seq: Number(message.lastEventId),
          event: name,
          data: JSON.parse(String(message.data)) as unknown,
        };
        const parsed = Event.safeParse(event);
        if (parsed.success) events.push(parsed.data);
        else end(() => reject(new Error(`${parsed.error.message}\nin ${JSON.stringify(event)}`)));
      });
    }
    source.addEventListener('message', () => (unnamed += 1));
    source.addEventListener('open', () => (opened += 1));
    source.addEventListener('error', ({ code }) => {
      if (reconnect && source.readyState !== EventSource.CLOSED) return;
      end(() => resolve({ events, unnamed, opened, lastCode: code }));
    });
  });
}

/**
 * A fetch whose connections break, one after the other, when this many bytes have come through: what a laptop that
 * changes its network does to an EventSource. The last connection is left alone.
 */
export function breakingFetch(bytesPerConnection: readonly number[]): FetchLike {
  const plan = [...bytesPerConnection];
  return async (url, init) => {
    const response = await globalThis.fetch(url, init);
    const allowed = plan.shift();
    return allowed === undefined || response.body === null
      ? response
      : { ...facts(response), body: cutAfter(response.body, allowed) };
  };
}

const facts = ({ url, status, redirected, headers }: Response) => ({ url, status, redirected, headers });

function cutAfter(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  bytes: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let left = bytes;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) {
        controller.close();
        return;
      }
      controller.enqueue(value.subarray(0, left));
      left -= value.byteLength;
      if (left > 0) return;
      await reader.cancel();
      controller.error(new TypeError('The network went away'));
    },
  });
}
