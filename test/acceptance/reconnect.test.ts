import { get, refusal } from '../support/api';
import { cancel, eventsOf, finished, logLines, start } from '../support/invocations';
import { breakingFetch, followAsPage } from '../support/event-source';
import { follow, RawStream } from '../support/raw-sse';
import type { Event } from '../support/shapes';

const CODE = { code: 'def handler(event):\n    print("one")\n    print("two")\n    return 1\n', runtime: 'python' };
const talking = (lines: number, everyMs = 50) => ({
  runtime: 'node',
  code: `exports.handler = async () => {
    for (let i = 0; i < ${lines}; i++) { console.log('line ' + i); await new Promise((r) => setTimeout(r, ${everyMs})); }
  };`,
});

const seqs = (events: readonly Event[]) => events.map(({ seq }) => seq);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`;

/** A run that is over, and its stream: events 1 to 8. */
async function over() {
  const { streamUrl, invocationId } = await start(CODE);
  const { lastSeq } = await finished(invocationId);
  return { streamUrl, invocationId, lastSeq };
}

/** See docs/contracts/invocations.md#reconnecting. */
describe('a follower who returns', () => {
  test('with Last-Event-ID gets only what is newer', async () => {
    const { streamUrl, invocationId } = await over();
    const all = await eventsOf(invocationId);
    for (const seen of [0, 1, 4, 7]) {
      const { events } = await follow(streamUrl, { 'Last-Event-ID': String(seen) });
      expect(events).toEqual(all.slice(seen));
    }
  });

  test('may say it in the query', async () => {
    const { streamUrl } = await over();
    expect(seqs((await follow(withQuery(streamUrl, 'lastEventId=5'))).events)).toEqual([6, 7, 8]);
  });

  test('is heard by the header when header and query differ', async () => {
    const { streamUrl } = await over();
    const { events } = await follow(withQuery(streamUrl, 'lastEventId=1'), { 'Last-Event-ID': '6' });
    expect(seqs(events)).toEqual([7, 8]);
  });

  test('having seen COMPLETE gets 204 and nothing else', async () => {
    const { streamUrl, lastSeq } = await over();
    const answer = await get(streamUrl, {
      headers: { 'Last-Event-ID': String(lastSeq), Origin: 'https://app.example' },
    });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect((await get(withQuery(streamUrl, `lastEventId=${lastSeq}`))).status).toBe(204);
  });

  test.each(['x', '-1', '1.5', '1e1', '0x1', '99', '99999999999999999999', '1,2'])(
    'with the Last-Event-ID %s, which cannot be, is told so',
    async (id) => {
      const { streamUrl } = await over();
      const answers = [
        await get(streamUrl, { headers: { 'Last-Event-ID': id } }),
        await get(withQuery(streamUrl, `lastEventId=${encodeURIComponent(id)}`)),
      ];
      for (const answer of answers) {
        expect(refusal(answer, 400, 'VALIDATION_ERROR').details).toMatchObject({ field: 'Last-Event-ID' });
      }
    },
  );

  test('to a live run, again and again, loses nothing and sees nothing twice', async () => {
    const { streamUrl } = await start(talking(60));
    const seen: Event[] = [];
    while (seen.at(-1)?.event !== 'COMPLETE') {
      const last = seen.at(-1)?.seq ?? 0;
      const stream = new RawStream(streamUrl, { 'Last-Event-ID': String(last) });
      const { events } = await stream.until('some more', (now) => now.events.length >= 7 || isLast(now.events.at(-1)));
      stream.hangUp();
      seen.push(...events);
    }
    expect(seqs(seen)).toEqual(upTo(4 + 60 + 2));
    expect(logLines(seen).map(({ line }) => line)).toEqual(upTo(60).map((n) => `line ${n - 1}`));
  });

  test('to a run that has nothing new yet is kept until there is', async () => {
    const { streamUrl, invocationId } = await start({
      code: 'import time\ndef handler(event):\n    print("waiting", flush=True)\n    time.sleep(120)\n',
      runtime: 'python',
    });
    const first = new RawStream(streamUrl);
    const { events } = await first.until('the line', (now) => now.events.some(({ event }) => event === 'LOG'));
    first.hangUp();
    const second = new RawStream(streamUrl, { 'Last-Event-ID': String(events.length) });
    expect((await second.head).status).toBe(200);
    await cancel(invocationId);
    expect(seqs((await second.toTheEnd()).events)).toEqual([events.length + 1, events.length + 2]);
  });

  test('as an EventSource does, by itself, sees everything once and is stopped by the 204', async () => {
    const { streamUrl } = await start(talking(40));
    const seen = await followAsPage(streamUrl, { reconnect: true, fetch: breakingFetch([900, 2_500, 1_500]) });
    expect(seqs(seen.events)).toEqual(upTo(4 + 40 + 2));
    expect(seen.opened).toBeGreaterThanOrEqual(4);
    expect(seen.lastCode).toBe(204);
    expect(seen.unnamed).toBe(0);
  });

  test('after the client went away without a word finds the run unharmed', async () => {
    const { streamUrl, invocationId } = await start(talking(20));
    const stream = new RawStream(streamUrl);
    await stream.until('a line', (now) => now.events.some(({ event }) => event === 'LOG'));
    stream.hangUp();
    expect((await finished(invocationId)).status).toBe('COMPLETED');
    expect(seqs((await follow(streamUrl)).events)).toEqual(upTo(4 + 20 + 2));
  });
});

function isLast(event: Event | undefined): boolean {
  return event?.event === 'COMPLETE';
}
