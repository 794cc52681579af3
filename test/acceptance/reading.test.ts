import { get, post, read } from '../support/api';
import { completed, eventsOf, finished, run, start } from '../support/invocations';
import { follow } from '../support/raw-sse';
import { BatchAccepted, EventPage, InvocationPage } from '../support/shapes';
import { waitFor } from '../support/wait';

const OK = { code: 'def handler(event):\n    return event\n', runtime: 'python' };
const FAILING = { code: 'def handler(event):\n    raise ValueError("no")\n', runtime: 'python' };
const TALKING = { code: 'def handler(event):\n    for i in range(30): print(i)\n', runtime: 'python' };

const page = async (query: string) => read(await get(`/invocations?${query}`), 200, InvocationPage);
const eventPage = async (id: string, query: string) =>
  read(await get(`/invocations/${id}/events?${query}`), 200, EventPage);

/** A batch is a set of runs that no other test has a part in. */
async function batchOf(...invocations: readonly object[]): Promise<{ batchId: string; ids: string[] }> {
  const { batchId, items } = read(await post('/invocations/batch', { invocations }), 202, BatchAccepted);
  const ids = items.flatMap((item) => ('error' in item ? [] : [item.invocationId]));
  await Promise.all(ids.map(finished));
  return { batchId, ids };
}

describe('GET /invocations', () => {
  test('shows the newest first, without what only the record shows', async () => {
    const first = await run(OK);
    const second = await run(FAILING);
    const { items } = await page('limit=100');
    const seen = items.map(({ invocationId }) => invocationId);
    expect(seen.indexOf(second.invocationId)).toBeLessThan(seen.indexOf(first.invocationId));
    const times = items.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    const { result: _result, logsTail: _tail, envNames: _names, ...summary } = second;
    expect(items.find(({ invocationId }) => invocationId === second.invocationId)).toEqual(summary);
  });

  test('shows a run as soon as it was accepted', async () => {
    const { invocationId } = await start(OK);
    await waitFor('the run to be listed', async () => {
      const { items } = await page('limit=100');
      return items.some((item) => item.invocationId === invocationId) ? true : undefined;
    });
  });

  test('gives 20 unless asked otherwise', async () => {
    const { batchId } = await batchOf(...Array<object>(12).fill(OK));
    await batchOf(...Array<object>(12).fill(OK));
    expect((await page('')).items).toHaveLength(20);
    expect((await page('limit=21')).items).toHaveLength(21);
    expect((await page(`batchId=${batchId}`)).items).toHaveLength(12);
  });

  test('is read to the end page by page, each run once', async () => {
    const { batchId, ids } = await batchOf(OK, OK, OK, OK, OK);
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const next = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { items, nextCursor } = await page(`batchId=${batchId}&limit=2${next}`);
      seen.push(...items.map(({ invocationId }) => invocationId));
      sizes.push(items.length);
      cursor = nextCursor;
    }
    expect([...seen].sort()).toEqual([...ids].sort());
    expect(sizes.filter((size) => size > 0)).toEqual([2, 2, 1]);
  });

  test('goes on where it was while new runs come in', async () => {
    await batchOf(OK, OK, OK);
    const first = await page('limit=2');
    await run(OK);
    const second = await page(`limit=50&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    const seen = new Set(first.items.map(({ invocationId }) => invocationId));
    expect(second.items.filter(({ invocationId }) => seen.has(invocationId))).toEqual([]);
    const oldest = first.items.at(-1)?.createdAt ?? '';
    for (const { createdAt } of second.items) expect(createdAt <= oldest).toBe(true);
  });

  test('is filtered by status', async () => {
    const { batchId, ids } = await batchOf(OK, FAILING, OK);
    const ofStatus = async (status: string) =>
      (await page(`batchId=${batchId}&status=${status}`)).items.map(({ invocationId }) => invocationId).sort();
    expect(await ofStatus('COMPLETED')).toEqual([ids[0], ids[2]].sort());
    expect(await ofStatus('FAILED')).toEqual([ids[1]]);
    expect(await ofStatus('EXECUTING')).toEqual([]);
    const failed = await page('status=FAILED&limit=100');
    expect(new Set(failed.items.map(({ status }) => status))).toEqual(new Set(['FAILED']));
    expect(failed.items.map(({ invocationId }) => invocationId)).toContain(ids[1]);
  });

  test('of a batch that there is not is empty', async () => {
    expect(await page('batchId=bat-0000000000000000')).toEqual({ items: [], nextCursor: null });
  });
});

describe('GET /invocations/{id}/events', () => {
  test('has what the stream had', async () => {
    const { invocationId, streamUrl } = await start(TALKING);
    const { events } = await follow(streamUrl);
    expect(await eventsOf(invocationId)).toEqual(events);
  });

  test('is read page by page without a gap', async () => {
    const { invocationId, lastSeq } = await completed(TALKING);
    expect(lastSeq).toBe(36);
    const seqs: number[] = [];
    const pages: [number, boolean][] = [];
    for (let after = 0, complete = false; !complete;) {
      const current = await eventPage(invocationId, `after=${after}&limit=15`);
      seqs.push(...current.events.map(({ seq }) => seq));
      pages.push([current.nextAfter, current.complete]);
      ({ complete, nextAfter: after } = current);
    }
    expect(seqs).toEqual(Array.from({ length: 36 }, (_, i) => i + 1));
    expect(pages).toEqual([
      [15, false],
      [30, false],
      [36, true],
    ]);
  });

  test('gives the first 100 unless asked otherwise', async () => {
    const { invocationId } = await completed({ ...TALKING, code: TALKING.code.replace('30', '150') });
    const { events, nextAfter, complete } = await eventPage(invocationId, '');
    expect([events.length, nextAfter, complete]).toEqual([100, 100, false]);
    expect((await eventPage(invocationId, 'limit=1000')).events).toHaveLength(156);
  });

  test('gives just what was asked for (the worked example)', async () => {
    const { invocationId } = await completed({
      code: "def greet(event):\n    print('hi', event['who'])\n    return {'statusCode': 201, 'body': {'ok': True}}\n",
      runtime: 'python3.10',
      handler: 'main.greet',
      payload: { who: 'Bora' },
    });
    const { events, ...rest } = await eventPage(invocationId, 'after=4&limit=2');
    expect(rest).toEqual({ invocationId, nextAfter: 6, complete: false });
    const ts = expect.any(String) as unknown;
    expect(events).toEqual([
      {
        seq: 5,
        event: 'LOG',
        data: {
          type: 'LOG',
          invocationId,
          seq: 5,
          ts,
          line: 'hi Bora',
          payload: { line: 'hi Bora', stream: 'stdout' },
        },
      },
      {
        seq: 6,
        event: 'STATUS',
        data: { type: 'STATUS', invocationId, seq: 6, ts, status: 'COMPLETED', payload: { status: 'COMPLETED' } },
      },
    ]);
  });

  test('after the last one is an empty page that does not go back', async () => {
    const { invocationId, lastSeq } = await completed(OK);
    const { events, nextAfter } = await eventPage(invocationId, `after=${lastSeq}`);
    expect([events, nextAfter]).toEqual([[], lastSeq]);
  });
});
