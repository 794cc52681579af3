import { post, read, refusal } from '../support/api';
import { cancel, eventsOf, finished, hasLogged, logLines, record, run, start } from '../support/invocations';
import { RawStream } from '../support/raw-sse';
import { Invocation, type Event } from '../support/shapes';

const endless = {
  python: {
    runtime: 'python',
    code: 'import time\ndef handler(event):\n    i = 0\n    while True:\n        print("tick", i, flush=True)\n        i += 1\n        time.sleep(0.1)\n',
  },
  node: {
    runtime: 'node',
    code: 'exports.handler = () => new Promise(() => { let i = 0; setInterval(() => console.log("tick", i++), 100); });',
  },
  'python that ignores SIGTERM': {
    runtime: 'python',
    code: 'import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ndef handler(event):\n    i = 0\n    while True:\n        print("tick", i, flush=True)\n        i += 1\n        time.sleep(0.1)\n',
  },
};
const QUICK = { runtime: 'python', code: 'def handler(event):\n    return 1\n' };

const story = (events: readonly Event[]) =>
  events.flatMap(({ event, data }) => (data.type === 'LOG' ? [] : [`${event} ${data.status}`]));
const completes = (events: readonly Event[]) => events.filter(({ event }) => event === 'COMPLETE');

/** See docs/contracts/invocations.md#worked-examples, #cancel. */
describe('POST /invocations/{id}/cancel', () => {
  test.each(Object.entries(endless))('ends %s at once, in the answer itself', async (_, request) => {
    const { invocationId, streamUrl } = await start({ ...request, timeoutMs: 120_000 });
    const stream = new RawStream(streamUrl);
    await hasLogged(invocationId, 'tick 3');
    const cancelled = await cancel(invocationId);
    expect(cancelled).toMatchObject({ status: 'FAILED', errorType: 'CANCELLED', result: null });
    expect(cancelled.finishedAt).not.toBeNull();
    // On a slow machine the tail may have gone on past the line that was seen.
    expect(cancelled.logsTail).toContainEqual(expect.stringMatching(/^tick \d+$/));

    const { events } = await stream.toTheEnd();
    expect(story(events).slice(-3)).toEqual(['STATUS EXECUTING', 'STATUS FAILED', 'COMPLETE FAILED']);
    expect(events.at(-1)?.data).toMatchObject({ payload: { status: 'FAILED', errorType: 'CANCELLED' } });
  });

  test('really stops the code: not one line comes after', async () => {
    const { invocationId } = await start({ ...endless.python, timeoutMs: 120_000 });
    await hasLogged(invocationId, 'tick 2');
    const { lastSeq } = await cancel(invocationId);
    const events = await eventsOf(invocationId);
    // Another run takes longer than several ticks would.
    await run({ runtime: 'python', code: 'import time\ndef handler(event):\n    time.sleep(3)\n' });
    expect(await eventsOf(invocationId)).toEqual(events);
    expect(events.at(-1)?.seq).toBe(lastSeq);
    expect(logLines(events.slice(-2))).toEqual([]);
  });

  test('right after the start ends a run that has not begun', async () => {
    const { invocationId } = await start(endless.node);
    const cancelled = await cancel(invocationId);
    expect(cancelled).toMatchObject({ status: 'FAILED', errorType: 'CANCELLED' });
    if (cancelled.startedAt === null) expect(cancelled.durationMs).toBe(0);
    const events = await eventsOf(invocationId);
    expect(story(events)[0]).toBe('STATUS REQUEST_RECEIVED');
    expect(story(events).slice(-2)).toEqual(['STATUS FAILED', 'COMPLETE FAILED']);
    expect(completes(events)).toHaveLength(1);
  });

  test('twice is the same answer', async () => {
    const { invocationId } = await start(endless.python);
    const first = await cancel(invocationId);
    expect(await cancel(invocationId)).toEqual(first);
    expect(await record(invocationId)).toEqual(first);
  });

  test('takes a body and does not need it', async () => {
    const { invocationId } = await start(endless.python);
    expect((await post(`/invocations/${invocationId}/cancel`, { reason: 'because' })).status).toBe(200);
  });

  test.each([
    ['COMPLETED', QUICK],
    ['FAILED', { runtime: 'python', code: 'def handler(event):\n    raise ValueError\n' }],
  ])('after the end is refused and changes nothing (%s)', async (status, request) => {
    const before = await run(request);
    const answer = await post(`/invocations/${before.invocationId}/cancel`);
    const { details } = refusal(answer, 409, 'INVOCATION_ALREADY_FINISHED');
    expect(details).toMatchObject({ status });
    expect(await record(before.invocationId)).toEqual(before);
  });

  test('at the moment of the end: cancelled or finished, never both', async () => {
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const { invocationId, streamUrl } = await start({ ...QUICK, payload: i });
        // Some are cancelled at once, some when they are under way.
        const stream = new RawStream(streamUrl);
        await stream.until('a beginning', ({ events }) => events.length >= i % 5);
        stream.hangUp();
        const answer = await post(`/invocations/${invocationId}/cancel`);
        const final = await finished(invocationId);
        if (answer.status === 200) {
          expect(read(answer, 200, Invocation)).toEqual(final);
          expect(final.errorType).toBe('CANCELLED');
        } else {
          expect(refusal(answer, 409, 'INVOCATION_ALREADY_FINISHED').details).toMatchObject({ status: 'COMPLETED' });
          expect(final).toMatchObject({ status: 'COMPLETED', errorType: null });
        }
        const events = await eventsOf(invocationId);
        expect(completes(events)).toHaveLength(1);
        expect(events.at(-1)?.event).toBe('COMPLETE');
        expect(final.lastSeq).toBe(events.length);
      }),
    );
  });

  test('many times at once ends it once', async () => {
    const { invocationId } = await start(endless.python);
    await hasLogged(invocationId, 'tick 0');
    const answers = await Promise.all(Array.from({ length: 5 }, () => cancel(invocationId)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(completes(await eventsOf(invocationId))).toHaveLength(1);
  });

  test('does not touch other runs', async () => {
    const [doomed, other] = await Promise.all([start(endless.python), start({ ...endless.node, payload: 'other' })]);
    await hasLogged(other.invocationId, 'tick 0');
    await cancel(doomed.invocationId);
    const { lastSeq } = await record(other.invocationId);
    const stream = new RawStream(other.streamUrl, { 'Last-Event-ID': String(lastSeq) });
    await stream.until('three more lines', ({ events }) => logLines(events).length >= 3);
    stream.hangUp();
    await cancel(other.invocationId);
  });
});
