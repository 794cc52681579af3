import { get, refusal } from '../support/api';
import { cancel, eventsOf, finished, isOver, logLines, record, start } from '../support/invocations';
import { follow, RawStream } from '../support/raw-sse';
import type { Event } from '../support/shapes';

const CODE = {
  code: 'def handler(event):\n    print("one")\n    print("two")\n    return {"n": 1}\n',
  runtime: 'python',
};
/** Goes on until it is cancelled or has written `lines` lines. */
const talking = (lines: number, everyMs = 50) => ({
  runtime: 'node',
  code: `exports.handler = async () => {
    for (let i = 0; i < ${lines}; i++) { console.log('line ' + i); await new Promise((r) => setTimeout(r, ${everyMs})); }
  };`,
});

const names = (events: readonly Event[]) =>
  events.map(({ event, data }) => (data.type === 'LOG' ? `LOG ${data.line}` : `${event} ${data.status}`));

/** See docs/contracts/invocations.md#events. */
describe('the stream of a run', () => {
  test('tells the whole story in order and is closed after COMPLETE', async () => {
    const { streamUrl, invocationId } = await start(CODE);
    const { events } = await follow(streamUrl);
    expect(names(events)).toEqual([
      'STATUS REQUEST_RECEIVED',
      'STATUS CODE_FETCHING',
      'STATUS SANDBOX_PREPARING',
      'STATUS EXECUTING',
      'LOG one',
      'LOG two',
      'STATUS COMPLETED',
      'COMPLETE COMPLETED',
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(events.map(({ data }) => data.invocationId))).toEqual(new Set([invocationId]));
    const times = events.map(({ data }) => data.ts);
    expect(times).toEqual([...times].sort());
  });

  test('ends with the result as the record has it', async () => {
    const { streamUrl, invocationId } = await start(CODE);
    const last = (await follow(streamUrl)).events.at(-1);
    const { result, durationMs } = await record(invocationId);
    expect(last?.data).toMatchObject({ payload: { status: 'COMPLETED', result, durationMs } });
  });

  test('ends with the failure as the record has it', async () => {
    const { streamUrl, invocationId } = await start({
      code: 'def handler(event):\n    return 1 / 0\n',
      runtime: 'python',
    });
    const { events } = await follow(streamUrl);
    const { errorType, errorMessage, logsTail, durationMs } = await record(invocationId);
    expect(errorMessage).toMatch(/^ZeroDivisionError: /);
    expect(events.at(-1)?.data).toMatchObject({
      payload: { status: 'FAILED', errorType, errorMessage, logsTail, durationMs },
    });
    expect(names(events).slice(-2)).toEqual(['STATUS FAILED', 'COMPLETE FAILED']);
  });

  test('has the headers that keep it flowing', async () => {
    const { streamUrl } = await start(CODE);
    const stream = new RawStream(streamUrl, { 'Accept-Encoding': 'gzip, br', Origin: 'https://app.example' });
    const { status, headers } = await stream.head;
    await stream.toTheEnd();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.has('content-encoding')).toBe(false);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')?.toLowerCase()).toContain('x-request-id');
  });

  test('is live: a line is there while the code still runs', async () => {
    const { streamUrl, invocationId } = await start(talking(600));
    const stream = new RawStream(streamUrl);
    await stream.until('line 2', ({ events }) => names(events).includes('LOG line 2'));
    const { status, startedAt, finishedAt, lastSeq } = await record(invocationId);
    expect({ status, finishedAt }).toEqual({ status: 'EXECUTING', finishedAt: null });
    expect(startedAt).not.toBeNull();
    expect(lastSeq).toBeGreaterThanOrEqual(6);
    stream.hangUp();
    await cancel(invocationId);
  });

  test('may be opened late: everything from the first event, and the close', async () => {
    const { streamUrl, invocationId } = await start(CODE);
    const { lastSeq } = await finished(invocationId);
    const late = await follow(streamUrl);
    expect(late.events.map(({ seq }) => seq)).toEqual(Array.from({ length: lastSeq }, (_, i) => i + 1));
    expect(late.events).toEqual(await eventsOf(invocationId));
  });

  test('is the same for everybody who follows', async () => {
    const { streamUrl } = await start(talking(20));
    const [one, two, three] = await Promise.all([follow(streamUrl), follow(streamUrl), follow(streamUrl)]);
    expect(logLines(one.events)).toHaveLength(20);
    expect(two.events).toEqual(one.events);
    expect(three.events).toEqual(one.events);
  });

  test('holds nothing of another run', async () => {
    const runs = await Promise.all([0, 1, 2, 3, 4].map(() => start(talking(10, 20))));
    for (const { streamUrl, invocationId } of runs) {
      const { events } = await follow(streamUrl);
      expect(new Set(events.map(({ data }) => data.invocationId))).toEqual(new Set([invocationId]));
      expect(logLines(events)).toHaveLength(10);
    }
  });

  test('has a trailing slash or not', async () => {
    const { streamUrl, invocationId } = await start(CODE);
    const { events } = await follow(streamUrl.replace(/(?=\?|$)/, '/'));
    expect(events).toEqual(await eventsOf(invocationId));
  });

  test('shows every status of a batch of runs once, in order', async () => {
    const order = ['REQUEST_RECEIVED', 'CODE_FETCHING', 'SANDBOX_PREPARING', 'EXECUTING', 'COMPLETED'];
    const runs = await Promise.all(Array.from({ length: 8 }, () => start(CODE)));
    for (const { streamUrl } of runs) {
      const { events } = await follow(streamUrl);
      expect(events.flatMap(({ data }) => (data.type === 'STATUS' ? [data.status] : []))).toEqual(order);
      expect(events.filter(({ event }) => event === 'COMPLETE')).toHaveLength(1);
    }
  });
});

describe('the heartbeat', () => {
  test('is a comment in a stream that has been silent for 15 s', async () => {
    const { streamUrl, invocationId } = await start({
      code: 'import time\ndef handler(event):\n    print("quiet now")\n    time.sleep(120)\n',
      runtime: 'python',
    });
    const stream = new RawStream(streamUrl);
    const quiet = await stream.until('the line', ({ events }) => names(events).includes('LOG quiet now'));
    expect(quiet.comments).toBe(0);
    await stream.until('a heartbeat', ({ comments }) => comments > 0);
    expect(isOver(await record(invocationId))).toBe(false);
    await cancel(invocationId);
    const { events } = await stream.toTheEnd();
    expect(names(events).slice(-3)).toEqual(['LOG quiet now', 'STATUS FAILED', 'COMPLETE FAILED']);
  });
});

describe('a stream that there is not', () => {
  test('is a 404 in the form of all errors', async () => {
    refusal(await get('/stream/invocations/inv-00000000000000000000000000'), 404, 'INVOCATION_NOT_FOUND');
  });
});
