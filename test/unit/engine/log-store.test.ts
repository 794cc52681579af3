import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { NewEvent } from '../../../lambdas/engine/events/logged-event';
import { LogStore, type Log, type NewLog } from '../../../lambdas/engine/store/log-store';
import { transact, WriteConflict } from '../../../lambdas/platform/dynamo/transact';
import { NewerVersion } from '../../../lambdas/platform/version';
import { createTable, testDynamo } from '../../support/aws';
import { testClock } from '../../support/clock';

const db = testDynamo();
const clock = testClock();
const MINUTE_MS = 60_000;
let table: string;
let logs: LogStore;

beforeAll(async () => {
  table = await createTable(db);
  logs = new LogStore(db, table);
});

const said = (text: string): NewEvent => ({ event: 'note', data: { text } });

async function created(change: Partial<NewLog> = {}): Promise<string> {
  const id = randomUUID();
  const log = { kind: 'thing', id, workspace: 'ws-test', ...change };
  await transact(db, [logs.created(log, [said('begun')], clock.now())]);
  return id;
}

async function read(id: string): Promise<Log> {
  const log = await logs.find('thing', id, clock.now());
  if (!log) throw new Error('the log is gone');
  return log;
}
const texts = async (id: string, after = 0, limit = 10_000): Promise<unknown[]> =>
  (await logs.eventsAfter(await read(id), after, limit)).map(({ data }) => data['text']);

test('numbers events without a gap, however they are spread over chunks, and answers any page', async () => {
  const id = await created();
  const wanted = ['begun'];
  for (let number = 0; number < 30; number += 1) {
    wanted.push(`${number} ${'x'.repeat(number * 9)}`);
    await logs.append('thing', id, clock.now(), () => [said(wanted.at(-1) ?? '')]);
  }
  expect((await read(id)).tailFrom).toBeGreaterThan(1);
  const events = await logs.eventsAfter(await read(id), 0, 10_000);
  expect(events.map(({ seq }) => seq)).toEqual(wanted.map((_, index) => index + 1));
  for (const after of [0, 1, 9, 30, 31, 40])
    for (const limit of [1, 4, 100]) expect(await texts(id, after, limit)).toEqual(wanted.slice(after, after + limit));
  expect((await read(id)).bytes).toBeGreaterThan(wanted.join('').length);
});

test('keeps what all of many writers at once say', async () => {
  const id = await created();
  const wanted = Array.from({ length: 6 }, (_, number) => `writer ${number}`);
  await Promise.all(wanted.map((text) => logs.append('thing', id, clock.now(), () => [said(text)])));
  expect((await texts(id)).slice(1).sort()).toEqual(wanted);
});

test('takes nothing of a writer that read it before another wrote, nor of the rest of its transaction', async () => {
  const id = await created();
  const stale = await read(id);
  await logs.append('thing', id, clock.now(), () => [said('first')]);
  const other = randomUUID();
  const late = [
    ...logs.added(stale, [said('second')], clock.now()),
    logs.created({ kind: 'thing', id: other, workspace: 'ws-test' }, [], clock.now()),
  ];
  await expect(transact(db, late)).rejects.toBeInstanceOf(WriteConflict);
  expect(await texts(id)).toEqual(['begun', 'first']);
  expect(await logs.find('thing', other, clock.now())).toBeUndefined();
});

test('takes nothing after its end', async () => {
  const id = await created();
  await transact(db, logs.added(await read(id), [said('ended')], clock.now(), { end: true }));
  expect(await logs.append('thing', id, clock.now(), () => [said('late')])).toBe(false);
  expect(await texts(id)).toEqual(['begun', 'ended']);
});

test('says its last words once when its time is over, whoever looks, and none where it has ended', async () => {
  const deadline = { at: clock.now() + MINUTE_MS, lastWords: [said('lost')] };
  const [lost, ended] = [await created({ deadline }), await created({ deadline })];
  expect((await logs.settled(await read(lost), clock.now())).over).toBe(false);
  await transact(db, logs.added(await read(ended), [said('ended')], clock.now(), { end: true }));
  clock.advance(MINUTE_MS);
  const seen = await read(lost);
  const settled = await Promise.all([1, 2, 3].map(() => logs.settled(seen, clock.now())));
  expect(settled.map(({ over, lastSeq }) => [over, lastSeq])).toEqual(Array(3).fill([true, 2]));
  expect(await texts(lost)).toEqual(['begun', 'lost']);
  await logs.settled(await read(ended), clock.now());
  expect(await texts(ended)).toEqual(['begun', 'ended']);
});

test('a deadline that moves is so long after what was added last, and says then where its writer stood', async () => {
  const id = await created({ deadline: { idleMs: MINUTE_MS, lastWords: [said('lost at its beginning')] } });
  const seen = await read(id);
  clock.advance(MINUTE_MS - 1);
  await transact(db, [...logs.added(seen, [said('going on')], clock.now(), { lastWords: [said('lost on its way')] })]);
  clock.advance(MINUTE_MS - 1);
  // Who read it before it moved ends nothing.
  expect(await logs.settled(seen, clock.now())).toMatchObject({ over: false, lastSeq: 2 });
  const deadline = clock.now() + 1;
  clock.advance(MINUTE_MS);
  const settled = await Promise.all([1, 2, 3].map(async () => logs.settled(await read(id), clock.now())));
  expect(settled.map(({ over, lastSeq }) => [over, lastSeq])).toEqual(Array(3).fill([true, 3]));
  expect(await texts(id)).toEqual(['begun', 'going on', 'lost on its way']);
  expect((await logs.eventsAfter(await read(id), 2, 1))[0]?.at).toBe(deadline);
});

test('goes on with its numbers when it is reopened, once, and from there has a deadline again', async () => {
  const id = await created({ deadline: { idleMs: MINUTE_MS, lastWords: [said('lost')] } });
  const open = await read(id);
  await expect(transact(db, logs.reopened({ ...open, over: true }, [], clock.now(), []))).rejects.toThrow(
    WriteConflict,
  );
  await transact(db, logs.added(open, [said('ended')], clock.now(), { end: true }));
  const over = await read(id);
  clock.advance(3 * MINUTE_MS);
  const reopen = async () => transact(db, logs.reopened(over, [], clock.now(), [said('lost again')]));
  await reopen();
  await expect(reopen()).rejects.toBeInstanceOf(WriteConflict);
  expect(await logs.settled(await read(id), clock.now())).toMatchObject({ over: false, firstSeq: 3, lastSeq: 2 });
  await logs.append('thing', id, clock.now(), () => [said('second')]);
  clock.advance(MINUTE_MS);
  await logs.settled(await read(id), clock.now());
  expect(await texts(id)).toEqual(['begun', 'ended', 'second', 'lost again']);
});

test('a writer that was declared lost writes nothing more, also when the log was reopened', async () => {
  const id = await created({ deadline: { idleMs: MINUTE_MS, lastWords: [said('lost')] } });
  const held = await read(id);
  clock.advance(MINUTE_MS);
  await logs.settled(held, clock.now());
  const late = async () => transact(db, logs.added(held, [said('late')], clock.now()));
  await expect(late()).rejects.toBeInstanceOf(WriteConflict);
  await transact(db, logs.reopened(await read(id), [], clock.now(), [said('lost')]));
  await expect(late()).rejects.toBeInstanceOf(WriteConflict);
  expect(await texts(id)).toEqual(['begun', 'lost']);
});

test('nothing of what a lost writer was about to store is read, however long the log goes on afterwards', async () => {
  const id = await created({ deadline: { idleMs: MINUTE_MS, lastWords: [said('lost')] } });
  const held = await read(id);
  // As much as stands in no item: it would be stored, and the writer dies before.
  const many = Array.from({ length: 12 }, (_, number) => said(`stale ${number} ${'x'.repeat(300)}`));
  logs.continued(held, many, clock.now());
  clock.advance(MINUTE_MS);
  await logs.settled(held, clock.now());
  await transact(db, logs.reopened(await read(id), [], clock.now(), [said('lost')]));
  const wanted = ['begun', 'lost'];
  for (let number = 0; number < 40; number += 1) {
    wanted.push(`${number} ${'y'.repeat(200)}`);
    await logs.append('thing', id, clock.now(), () => [said(wanted.at(-1) ?? '')]);
    const after = number % wanted.length;
    expect(await texts(id, after)).toEqual(wanted.slice(after));
  }
});

test('is gone when it is kept no longer, and for ids of no form', async () => {
  const id = await created({ keptUntil: clock.now() + MINUTE_MS });
  expect(await logs.find('other', id, clock.now())).toBeUndefined();
  clock.advance(MINUTE_MS);
  expect(await logs.find('thing', id, clock.now())).toBeUndefined();
  for (const odd of ['', 'a#b', 'x'.repeat(3_000), 'a/b'])
    expect(await logs.find('thing', odd, clock.now())).toBeUndefined();
});

test('is left alone by a release that does not know its format', async () => {
  const id = await created();
  await db.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk: `LOG#thing#${id}`, sk: 'LOG' },
      UpdateExpression: 'SET logVersion = :newer',
      ExpressionAttributeValues: { ':newer': 99 },
    }),
  );
  await expect(logs.append('thing', id, clock.now(), () => [said('x')])).rejects.toBeInstanceOf(NewerVersion);
});
