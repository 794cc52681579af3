import { RawGet } from '../../support/raw-http';
import { target } from '../../support/api';
import { pause, within } from '../../support/wait';
import { eventText, logText } from '../support/invariants';
import type { Random } from '../../support/random';
import { inParallel, requestFor, startRun } from '../support/runs';
import { COUNTS } from '../support/settings';
import { finished } from '../../support/invocations';
import { say, type Scenario } from './scenario';

const CUTS = 5;
/** A connection is cut after at most so many bytes, or so many milliseconds without enough of them. */
const CUT_AFTER_BYTES = 1_500;
const CUT_AFTER_MS = 300;
const END_WITHIN_MS = 60_000;
/** Things that must not end an event, and characters that a cut can fall into. */
const LINE = 'data: forged\r\u2028id: 1 한글 \u{1f600}';

/** Followers lose their connection in the middle of whatever is being sent, and go on after the last event they have. */
export const cutStreams: Scenario = {
  name: 'streams cut five times each and resumed',
  act: async (_system, random) => {
    const { streams, perRun } = COUNTS.streams;
    let bytes = 0;
    const ids = await inParallel(Math.ceil(streams / perRun), 2, async () => {
      const pausesMs = Array.from({ length: 40 }, () => random.whole(0, 25));
      const id = await startRun(requestFor({ language: random.pick(['python', 'node']), pausesMs, line: LINE }));
      const joined = await Promise.all(Array.from({ length: perRun }, () => followWithCuts(id, random)));
      await finished(id);
      const log = await logText(id);
      for (const text of joined) expect(text).toBe(log);
      bytes += log.length * perRun;
      return id;
    });
    say(`${ids.length * perRun} streams of ${ids.length} runs, cut ${CUTS} times each, ${bytes} characters joined`);
    return ids;
  },
};

/** @returns all events of the run as they came over six connections */
async function followWithCuts(id: string, random: Random): Promise<string> {
  let joined = '';
  let last = 0;
  await pause(random.whole(0, 200));
  for (let connection = 0; connection <= CUTS; connection += 1) {
    const stream = new RawGet(
      new URL(`/stream/invocations/${id}`, target().url),
      last === 0 ? {} : { 'Last-Event-ID': String(last) },
    );
    if (connection < CUTS) {
      await atLeast(stream, random.whole(1, CUT_AFTER_BYTES), random.whole(1, CUT_AFTER_MS));
      stream.hangUp();
    } else {
      await within(`the stream of ${id} to end`, END_WITHIN_MS, stream.ended);
    }
    // A client has the events that came whole; half of one is thrown away, and comes again.
    const body = stream.bytes.toString('utf8');
    const whole = eventText(body.slice(0, body.lastIndexOf('\n\n') + 2));
    joined += whole;
    last = Number(/(?:^|\n\n)id: (\d+)\n[^\n]*\n[^\n]*\n\n$/.exec(whole)?.[1] ?? last);
  }
  return joined;
}

/** Until so many bytes have come, so many milliseconds have passed, or the server has ended the stream. */
async function atLeast(stream: RawGet, bytes: number, ms: number): Promise<void> {
  let unwatch = (): void => undefined;
  const enough = new Promise<void>((resolve) => {
    unwatch = stream.watch(() => stream.bytes.length >= bytes && resolve());
  });
  await Promise.race([enough, pause(ms), stream.ended]);
  unwatch();
}
