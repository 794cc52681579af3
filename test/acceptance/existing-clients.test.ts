import { get, post, send, target } from '../support/api';
import { followAsPage } from '../support/event-source';
import { cancel, start } from '../support/invocations';
import { follow } from '../support/raw-sse';

const PYTHON = 'def handler(event):\n    print("hi", event["who"])\n    return event\n';

/** The page's EventSource knows no credentials: section 8 is about stages that ask for none, or for a ticket. */
const streamOf = (answer: { invocationId: string; streamUrl: string }) =>
  target().key === undefined ? `/stream/invocations/${answer.invocationId}` : answer.streamUrl;

/** See docs/contracts/invocations.md#what-existing-clients-rely-on. */
describe('a client as there are already', () => {
  test('posts four fields, reads two, and follows by an EventSource that it never lets reconnect', async () => {
    const posted = await post('/invocations', {
      code: PYTHON,
      runtime: 'python3.10',
      handler: 'main.handler',
      payload: { who: 'Bora' },
    });
    expect(posted.status).toBeGreaterThanOrEqual(200);
    expect(posted.status).toBeLessThan(300);
    const accepted = JSON.parse(posted.text) as { invocationId: string; status: string; streamUrl: string };
    expect(accepted.status).toBe('REQUEST_RECEIVED');

    const seen = await followAsPage(streamOf(accepted), { reconnect: false });
    expect(seen.opened).toBe(1);
    expect(seen.unnamed).toBe(0);
    const status = seen.events.flatMap(({ data }) => (data.type === 'STATUS' ? [data.status] : []));
    const lines = seen.events.flatMap(({ data }) => (data.type === 'LOG' ? [data.line] : []));
    expect(status).toEqual(['REQUEST_RECEIVED', 'CODE_FETCHING', 'SANDBOX_PREPARING', 'EXECUTING', 'COMPLETED']);
    expect(lines).toEqual(['hi Bora']);
  });

  test('opens the stream before the POST has been read to its end', async () => {
    const streams = await Promise.all(
      [1, 2, 3, 4, 5].map(async () => {
        const accepted = await start({ code: PYTHON, runtime: 'python', payload: { who: 'you' } });
        return followAsPage(streamOf(accepted), { reconnect: false });
      }),
    );
    for (const { events } of streams) expect(events.at(-1)?.event).toBe('COMPLETE');
  });

  test('has an id that needs no escaping', async () => {
    const { invocationId } = await start({ code: PYTHON, runtime: 'python' });
    expect(encodeURIComponent(invocationId)).toBe(invocationId);
  });

  test('is told of a failure by a STATUS before COMPLETE', async () => {
    const accepted = await start({ code: PYTHON, runtime: 'python', payload: {} });
    const { events } = await followAsPage(streamOf(accepted), { reconnect: false });
    const tail = events.slice(-2).map(({ event, data }) => [event, data.type === 'LOG' ? '' : data.status]);
    expect(tail).toEqual([
      ['STATUS', 'FAILED'],
      ['COMPLETE', 'FAILED'],
    ]);
  });

  test('is not cut off while a run goes on in silence', async () => {
    const accepted = await start({
      code: 'import time\ndef handler(event):\n    time.sleep(6)\n    print("still here")\n',
      runtime: 'python',
    });
    const { events } = await followAsPage(streamOf(accepted), { reconnect: false });
    expect(events.map(({ data }) => (data.type === 'LOG' ? data.line : data.status))).toContain('still here');
    expect(events.at(-1)?.event).toBe('COMPLETE');
  });

  test('is let go by a 404', async () => {
    const seen = await followAsPage('/stream/invocations/inv-00000000000000000000000000', { reconnect: false });
    expect(seen).toEqual({ events: [], unnamed: 0, opened: 0, lastCode: 404 });
  });

  test('of either kind finds what it reads: flat fields and the payload', async () => {
    const { streamUrl } = await start({ code: PYTHON, runtime: 'python', payload: { who: 'x' } });
    for (const { data } of (await follow(streamUrl)).events) {
      expect(data.invocationId).toMatch(/^inv-/);
      if (data.type === 'LOG') expect(data.line).toBe(data.payload.line);
      else expect(data.status).toBe(data.payload.status);
    }
  });

  test('on another origin may read the headers it needs', async () => {
    const Origin = 'https://app.example';
    const { headers } = await send('OPTIONS', '/invocations', {
      headers: {
        Origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,idempotency-key,last-event-id,authorization',
      },
    });
    const allowed = (headers.get('access-control-allow-headers') ?? '').toLowerCase();
    for (const name of ['content-type', 'idempotency-key', 'last-event-id', 'authorization']) {
      expect(allowed).toContain(name);
    }
    const exposed = (
      (await get('/runtimes', { headers: { Origin } })).headers.get('access-control-expose-headers') ?? ''
    ).toLowerCase();
    for (const name of ['x-request-id', 'idempotency-replayed', 'retry-after']) expect(exposed).toContain(name);
  });

  test('sees one of six status names, however the run ends', async () => {
    const started = await Promise.all([
      start({ code: 'while True: pass', runtime: 'python', timeoutMs: 300 }),
      start({ code: 'import time\ntime.sleep(60)', runtime: 'python' }),
      start({ code: 'no python', runtime: 'python' }),
      start({ code: 'process.exit(1)', runtime: 'node' }),
    ]);
    await cancel(started[1].invocationId);
    const names = new Set<string>();
    for (const { streamUrl } of started) {
      for (const { data } of (await follow(streamUrl)).events) if (data.type !== 'LOG') names.add(data.status);
    }
    const known = ['REQUEST_RECEIVED', 'CODE_FETCHING', 'SANDBOX_PREPARING', 'EXECUTING', 'COMPLETED', 'FAILED'];
    expect([...names].filter((name) => !known.includes(name))).toEqual([]);
  });
});
