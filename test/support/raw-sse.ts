import type * as z from 'zod';
import { target, type Target } from './api';
import { RawGet, type Head } from './raw-http';
import { CompleteData, Event, LogData, StatusData } from './shapes';

/** Everything that may stand in a stream of ours; a byte of anything else is an error. */
const PREAMBLE = /^retry: 2000\n\n/;
const EVENT = /^id: ([1-9]\d*)\nevent: (STATUS|LOG|COMPLETE)\ndata: ([^\r\n]*)\n\n/;
const COMMENT = /^:[^\r\n]*\n\n?/;

/** A stream taken apart to the letter of the contract (docs/contracts/invocations.md#events). */
export interface ParsedStream {
  readonly events: readonly Event[];
  /** Comment lines, i.e. heartbeats. */
  readonly comments: number;
  /** What has come of the next event so far. */
  readonly rest: string;
}

/** Throws where the text departs from the wire format in anything, be it one blank line. */
export function parseStream(text: string): ParsedStream {
  if (!PREAMBLE.test(text)) {
    if ('retry: 2000\n\n'.startsWith(text)) return { events: [], comments: 0, rest: text };
    throw new Error(
      `The stream does not begin with 'retry: 2000' and a blank line: ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  const events: Event[] = [];
  let comments = 0;
  let rest = text.replace(PREAMBLE, '');
  for (;;) {
    const comment = COMMENT.exec(rest);
    const event = EVENT.exec(rest);
    const found = comment ?? event;
    if (!found) break;
    if (event) events.push(parseEvent(event[1] ?? '', event[2] ?? '', event[3] ?? ''));
    else comments += 1;
    rest = rest.slice(found[0].length);
  }
  if (rest.includes('\n\n')) throw new Error(`Not in the wire format: ${JSON.stringify(rest.slice(0, 300))}`);
  return { events, comments, rest };
}

const SHAPES: Readonly<Record<string, z.ZodType>> = { STATUS: StatusData, LOG: LogData, COMPLETE: CompleteData };

function parseEvent(id: string, event: string, text: string): Event {
  const data: unknown = JSON.parse(text);
  if (JSON.stringify(data) !== unescapeSeparators(text))
    throw new Error(`The data is not compact JSON: ${text.slice(0, 300)}`);
  const problem = SHAPES[event]?.safeParse(data).error;
  if (problem) throw new Error(`${problem.message}\nin ${text.slice(0, 2_000)}`);
  const parsed = Event.parse({ seq: Number(id), event, data });
  if (parsed.data.seq !== parsed.seq) throw new Error(`id ${id} with seq ${parsed.data.seq} in the data`);
  return parsed;
}

/** U+2028 and U+2029 may be escaped or not: neither ends a line of SSE. */
function unescapeSeparators(text: string): string {
  return text.replace(/\\u202([89])/gi, (_, digit: string) => (digit === '8' ? '\u2028' : '\u2029'));
}

/** A follower of one run that reads bytes. */
export class RawStream {
  readonly #get: RawGet;

  /** @param path as in `streamUrl` */
  constructor(path: string, headers: Readonly<Record<string, string>> = {}, to: Target = target()) {
    this.#get = new RawGet(new URL(path, to.url), { Accept: 'text/event-stream', ...headers });
  }

  get head(): Promise<Head> {
    return this.#get.head;
  }

  /** The bytes that have come so far, as text; the last character may be half there. */
  get body(): string {
    return this.#get.bytes.toString('utf8');
  }

  /** What has come so far. */
  get now(): ParsedStream {
    return parseStream(this.#get.bytes.toString('utf8'));
  }

  /** Waits until what has come satisfies `enough`. Throws when the server ends the stream before that. */
  async until(what: string, enough: (stream: ParsedStream) => boolean, deadlineMs = 90_000): Promise<ParsedStream> {
    return new Promise<ParsedStream>((resolve, reject) => {
      const look = () => {
        try {
          const { now } = this;
          if (enough(now)) finish(() => resolve(now));
        } catch (error) {
          finish(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const tooLate = setTimeout(() => {
        finish(() =>
          reject(new Error(`Waited ${deadlineMs} ms for ${what}; got ${this.#get.bytes.toString().slice(-500)}`)),
        );
      }, deadlineMs);
      const unwatch = this.#get.watch(look);
      const finish = (settle: () => void) => {
        clearTimeout(tooLate);
        unwatch();
        settle();
      };
      const ended = () => finish(() => reject(new Error(`The stream ended before ${what}`)));
      void this.#get.ended.then(ended, ended);
      look();
    });
  }

  /** Everything, up to the end by the server. Throws if it ends in the middle of an event. */
  async toTheEnd(deadlineMs?: number): Promise<ParsedStream> {
    const stream = parseStream(await this.#get.wholeBody(deadlineMs));
    if (stream.rest !== '') throw new Error(`The stream ended within an event: ${JSON.stringify(stream.rest)}`);
    return stream;
  }

  /** The body of an answer that is no stream. */
  text(): Promise<string> {
    return this.#get.wholeBody();
  }

  hangUp(): void {
    this.#get.hangUp();
  }
}

/** The whole stream of a run, read in one go. */
export function follow(path: string, headers?: Readonly<Record<string, string>>): Promise<ParsedStream> {
  return new RawStream(path, headers).toTheEnd();
}
