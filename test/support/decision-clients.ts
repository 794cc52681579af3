import { EventSource } from 'eventsource';
import { target } from './api';
import { ROWS, type Told } from './decisions';

/** Clients of decisions as there are already (docs/contracts/decisions.md#existing-clients). */

const DEADLINE_MS = 90_000;

export interface Seen {
  readonly events: readonly Told[];
  /** Messages without a name: there must be none. */
  readonly unnamed: number;
  /** How often the connection was opened. */
  readonly opened: number;
  /** Status code that ended it for good, if one did. */
  readonly lastCode: number | undefined;
}

/**
 * The guide's JavaScript sample: an EventSource, which knows no headers.
 * @param closes whether it closes on event 18, as the sample does; or goes on until the server has nothing left
 */
export function followAsGuide(path: string, { closes }: { readonly closes: boolean }): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(target().url + path);
    const events: Told[] = [];
    let [unnamed, opened] = [0, 0];
    const end = (settle: () => void) => {
      clearTimeout(tooLate);
      source.close();
      settle();
    };
    const done = (lastCode?: number) => end(() => resolve({ events, unnamed, opened, lastCode }));
    const tooLate = setTimeout(() => {
      end(() => reject(new Error(`${path} went on for ${DEADLINE_MS} ms; ${events.length} events have come`)));
    }, DEADLINE_MS);
    for (const event of ROWS)
      source.addEventListener(event, ({ lastEventId, data }) => {
        events.push({ id: Number(lastEventId), event, data: JSON.parse(String(data)) as Told['data'] });
        if (closes && event === ROWS.at(-1)) done();
      });
    source.addEventListener('message', () => (unnamed += 1));
    source.addEventListener('open', () => (opened += 1));
    source.addEventListener('error', ({ code }) => {
      if (source.readyState === EventSource.CLOSED) done(code);
    });
  });
}

export interface Read {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The console's reader: it knows `event:`, `data:` and blank lines, skips everything else, and loses a last event that no
 * blank line follows.
 */
export async function readAsConsole(path: string, userId: string, body?: object): Promise<Read[]> {
  const response = await fetch(target().url + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...{ 'X-User-ID': userId, Accept: 'text/event-stream' },
      ...(body && { 'Content-Type': 'application/json' }),
    },
    signal: AbortSignal.timeout(DEADLINE_MS),
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok || !response.body) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  const read: Read[] = [];
  let [event, data, rest] = ['', '', ''];
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('event:')) event = line.slice('event:'.length).trim();
      else if (line.startsWith('data:')) data += line.slice('data:'.length).trim();
      else if (line === '' && event !== '' && data !== '') {
        read.push({ event, data: JSON.parse(data) as Read['data'] });
        [event, data] = ['', ''];
      }
    }
  }
  return read;
}
