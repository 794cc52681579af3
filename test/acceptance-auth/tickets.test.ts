import { get, refusal, type Target } from '../support/api';
import { start } from '../support/invocations';
import { authTarget, createKey } from '../support/keys';
import { RawStream } from '../support/raw-sse';
import { waitFor } from '../support/wait';

const CODE = { code: 'def handler(event):\n    print("hi")\n    return 1\n', runtime: 'python' };
const nobody = { to: authTarget() };

const ticketOf = (streamUrl: string): string => new URL(streamUrl, 'http://narae').searchParams.get('ticket') ?? '';
const follow = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  new RawStream(path, headers, authTarget()).toTheEnd();

/** See docs/contracts/invocations.md#example-start. */
describe('the ticket in a streamUrl', () => {
  let me: { to: Target };

  beforeAll(async () => {
    me = { to: authTarget((await createKey('tickets', 'ws-tickets', 'read,run')).key) };
  }, 300_000);

  test('opens the stream of its run without a header, and reconnects', async () => {
    const { streamUrl, invocationId } = await start(CODE, me);
    expect(streamUrl).toMatch(new RegExp(`^/stream/invocations/${invocationId}\\?ticket=.+`));
    const { events } = await follow(streamUrl);
    expect(events.at(-1)?.event).toBe('COMPLETE');
    const later = await follow(streamUrl, { 'Last-Event-ID': '3' });
    expect(later.events).toEqual(events.slice(3));
    expect((await get(streamUrl, { ...nobody, headers: { 'Last-Event-ID': String(events.length) } })).status).toBe(204);
  });

  test('is for its run only', async () => {
    const [one, two] = [await start(CODE, me), await start(CODE, me)];
    const crossed = `/stream/invocations/${one.invocationId}?ticket=${ticketOf(two.streamUrl)}`;
    refusal(await get(crossed, nobody), 401, 'UNAUTHENTICATED');
    const invented = `/stream/invocations/inv-00000000000000000000000000?ticket=${ticketOf(two.streamUrl)}`;
    refusal(await get(invented, nobody), 401, 'UNAUTHENTICATED');
  });

  test('opens nothing but the stream', async () => {
    const { invocationId, streamUrl } = await start(CODE, me);
    const query = `?ticket=${ticketOf(streamUrl)}`;
    refusal(await get(`/invocations/${invocationId}${query}`, nobody), 401, 'UNAUTHENTICATED');
    refusal(await get(`/invocations/${invocationId}/events${query}`, nobody), 401, 'UNAUTHENTICATED');
  });

  test('cannot be tampered with', async () => {
    const { invocationId, streamUrl } = await start(CODE, me);
    const ticket = ticketOf(streamUrl);
    const other = (letter: string | undefined) => (letter === 'A' ? 'B' : 'A');
    const middle = Math.floor(ticket.length / 3);
    const forgeries = [
      '',
      'x',
      ticket.slice(0, -2),
      other(ticket[0]) + ticket.slice(1),
      ticket.slice(0, middle) + other(ticket[middle]) + ticket.slice(middle + 1),
      ticket.split('.')[0] ?? '',
      `${ticket}.${ticket}`,
      `.${ticket}`,
      Buffer.from(JSON.stringify(['ws-tickets', invocationId, 9e15, 9e15])).toString('base64url'),
    ];
    for (const forgery of forgeries) {
      const answer = await get(`/stream/invocations/${invocationId}?ticket=${encodeURIComponent(forgery)}`, nobody);
      refusal(answer, 401, 'UNAUTHENTICATED');
      if (forgery !== '' && forgery !== 'x') expect(answer.text).not.toContain(forgery);
    }
  });

  test('opens the stream for a minute, and reconnects for as long as the run may last', async () => {
    const { streamUrl } = await start({ ...CODE, timeoutMs: 900_000 }, me);
    expect((await follow(streamUrl)).events).toHaveLength(7);
    const answer = await waitFor(
      'the ticket to expire',
      async () => {
        const current = await get(streamUrl, nobody);
        return current.status === 200 ? undefined : current;
      },
      { deadlineMs: 100_000, everyMs: 2_000 },
    );
    refusal(answer, 401, 'UNAUTHENTICATED');
    expect((await follow(streamUrl, { 'Last-Event-ID': '4' })).events).toHaveLength(3);
  }, 150_000);

  test('is not needed by a caller with a key', async () => {
    const { invocationId } = await start(CODE, me);
    const stream = new RawStream(`/stream/invocations/${invocationId}`, { 'X-API-Key': me.to.key ?? '' }, authTarget());
    expect((await stream.toTheEnd()).events).toHaveLength(7);
  });
});
