import * as z from 'zod';
import { get, read, refusal, send } from '../../support/api';
import { built, ended, Queued, readTask, upload } from '../../support/builds';
import { RawStream } from '../../support/raw-sse';

/** See docs/contracts/builds.md#events. */

const FILE = { name: 'stock.py', content: 'def handler(event, context):\n    return 1\n\nx: int = "a"\n' };

const head = { task_id: z.string(), seq: z.int(), ts: z.iso.datetime({ precision: 3 }) };
const status = z.enum(['pending', 'running', 'completed', 'failed']);
const TaskEvent = z.discriminatedUnion('type', [
  z.strictObject({
    ...{ type: z.literal('STATUS'), ...head, status },
    payload: z.strictObject({ status, stage: z.string() }),
  }),
  z.strictObject({
    ...{ type: z.literal('LOG'), ...head, line: z.string() },
    payload: z.strictObject({ line: z.string(), stream: z.literal('stdout'), truncated: z.literal(true).optional() }),
  }),
  z.strictObject({
    ...{ type: z.literal('COMPLETE'), ...head, status },
    payload: z.strictObject({
      ...{ status, stage: z.literal('finished') },
      ...{ result: z.unknown(), error: z.string().nullable(), error_code: z.string().nullable() },
    }),
  }),
]);
type TaskEvent = z.output<typeof TaskEvent>;

/** By the letter of the wire format: nothing else may stand in a stream. */
function eventsIn(text: string): TaskEvent[] {
  const parts = /^retry: 2000\n\n((?:id: \d+\nevent: [A-Z]+\ndata: [^\n]*\n\n|:\n\n)*)$/.exec(text)?.[1];
  if (parts === undefined) throw new Error(`Not in the wire format: ${text.slice(0, 300)}`);
  return [...parts.matchAll(/id: (\d+)\nevent: ([A-Z]+)\ndata: (.*)\n\n/g)].map(([, id, event, json = '']) => {
    const parsed = TaskEvent.parse(JSON.parse(json));
    expect([parsed.seq, parsed.type]).toEqual([Number(id), event]);
    return parsed;
  });
}

const follow = async (id: string, headers = {}, query = ''): Promise<TaskEvent[]> =>
  eventsIn(await new RawStream(`/stream/tasks/${id}${query}`, headers).text());
const summary = (events: readonly TaskEvent[]) =>
  events.map((one) => (one.type === 'LOG' ? one.line : `${one.type} ${one.status} ${one.payload.stage}`));

test('a build is followed to its end while it is worked on', async () => {
  const { task_id: id } = read(await upload('build', FILE, { workspace_id: 'ws-followed' }), 202, Queued);
  const stream = new RawStream(`/stream/tasks/${id}/`, { Origin: 'https://app.example' });
  const { status: answered, headers } = await stream.head;
  expect(answered).toBe(200);
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-cache, no-transform');
  expect(headers.get('access-control-allow-origin')).toBe('*');
  const events = eventsIn(await stream.text());
  const told = summary(events);
  expect(told.filter((one) => /^[A-Z]+ /.test(one))).toEqual([
    'STATUS pending queued',
    'STATUS running checking',
    'STATUS running building',
    'STATUS completed finished',
    'COMPLETE completed finished',
  ]);
  expect(told).toContainEqual(expect.stringMatching(/^stock\.py:4:\d+: error: /));
  expect(told).toContainEqual(expect.stringMatching(/app\.zip.* \d+ bytes/));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(new Set(events.map(({ task_id }) => task_id))).toEqual(new Set([id]));
  const times = events.map(({ ts }) => ts);
  expect(times).toEqual([...times].sort());
  const { result, error, error_code } = await readTask(id);
  expect(events.at(-1)?.payload).toMatchObject({ result, error, error_code });
  expect(await follow(id)).toEqual(events);
});

test('a build that fails says so at the end, as the task does', async () => {
  const { task_id: id, error } = await built({ name: 'bad.py', content: 'def f(:\n' });
  const events = await follow(id);
  expect(summary(events).slice(-2)).toEqual(['STATUS failed finished', 'COMPLETE failed finished']);
  expect(events.at(-1)?.payload).toMatchObject({ result: null, error, error_code: 'SYNTAX_ERROR' });
});

test('a publishing build tells where it has published, and nothing of credentials', async () => {
  const fields = { username: 'AWS', password: 'hunter2-hunter2', app_name: 'followed' };
  const { task_id: id } = read(await upload('build-and-push', FILE, fields), 202, Queued);
  const { result } = await ended(id);
  const events = await follow(id);
  expect(summary(events)).toEqual(expect.arrayContaining(['STATUS running pushing']));
  expect(JSON.stringify(events)).toContain(result?.image_url);
  expect(JSON.stringify(events)).not.toContain('hunter2');
});

test('it is resumed after what was seen, by header before query, and ends for good with 204', async () => {
  const { task_id: id } = await built(FILE);
  const all = await follow(id);
  const last = all.length;
  expect(await follow(id, { 'Last-Event-ID': '2' })).toEqual(all.slice(2));
  expect(await follow(id, {}, '?lastEventId=3')).toEqual(all.slice(3));
  expect(await follow(id, { 'Last-Event-ID': '4' }, '?lastEventId=1')).toEqual(all.slice(4));
  const nothingLeft = await get(`/stream/tasks/${id}`, { headers: { 'Last-Event-ID': String(last) } });
  expect([nothingLeft.status, nothingLeft.text]).toEqual([204, '']);
  for (const odd of ['-1', 'x', String(last + 1)]) {
    const refused = refusal(
      await get(`/stream/tasks/${id}`, { headers: { 'Last-Event-ID': odd } }),
      400,
      'VALIDATION_ERROR',
    );
    expect(refused.details).toEqual({ field: 'Last-Event-ID' });
  }
});

test('what is no task, or of another workspace than is said, is not found', async () => {
  const { task_id: id, workspace_id } = await built(FILE, { workspace_id: 'ws-followed' });
  expect((await get(`/stream/tasks/${id}?workspace_id=${workspace_id}`)).status).toBe(200);
  refusal(await get(`/stream/tasks/${id}?workspace_id=ws-default`), 404, 'NOT_FOUND');
  for (const nothing of ['unknown', 'a.b', '%00', 'x'.repeat(3_000)])
    refusal(await get(`/stream/tasks/${nothing}`), 404, 'NOT_FOUND');
  refusal(await send('POST', `/stream/tasks/${id}`), 405, 'METHOD_NOT_ALLOWED');
});
