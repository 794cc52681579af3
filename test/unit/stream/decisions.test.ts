import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../../lambdas/engine/events/logged-event';
import type { Log } from '../../../lambdas/engine/store/log-store';
import { ANYBODY, type Principal } from '../../../lambdas/platform/auth/principal';
import { transact } from '../../../lambdas/platform/dynamo/transact';
import { follow } from '../../../lambdas/stream/follow';
import { nothingLeft, type StreamPorts } from '../../../lambdas/stream/stream-request';
import { testDynamo } from '../../support/aws';
import { idsIn, openAt, streamPorts, textOf } from './support/ports';

/** Runs of decisions as they are followed (docs/contracts/decisions.md#events). */

const db = testDynamo();
const MINUTE_MS = 60_000;
let now = 0;
const clock = { now: () => now };
let ports: StreamPorts;

beforeAll(async () => {
  ports = { ...(await streamPorts(db)).ports, clock };
});
beforeEach(() => {
  now = Date.UTC(2026, 10, 27, 4, 0, 0);
});

const said = (text: string): NewEvent => ({ event: 'initial_decision.thinking', data: { content: text } });
const LOST = { idleMs: MINUTE_MS, lastWords: [{ event: 'error', data: { message: 'lost' } }] };

async function created(events: readonly string[] = [], workspace = ANYBODY.workspace): Promise<string> {
  const id = `run_${randomUUID().replaceAll('-', '')}`;
  const log = { kind: 'decision', id, workspace, deadline: LOST };
  await transact(db, [ports.logs.created(log, events.map(said), now)]);
  return id;
}
async function read(id: string): Promise<Log> {
  const log = await ports.logs.find('decision', id, now);
  if (!log) throw new Error('the log is gone');
  return log;
}
const add = async (id: string, text: string, end = false): Promise<void> =>
  transact(db, ports.logs.added(await read(id), [said(text)], now, { end }));
const reopen = async (id: string): Promise<void> =>
  transact(db, ports.logs.reopened(await read(id), [], now, LOST.lastWords));

interface Asked {
  readonly header?: string | undefined;
  readonly query?: string | undefined;
  readonly userId?: string | undefined;
  readonly as?: Principal;
  readonly more?: Partial<StreamPorts>;
}
const open = (id: string, { header, query, userId = 'person-staff-720', as = ANYBODY, more }: Asked = {}) =>
  openAt(
    {
      route: 'streamDecision',
      params: { run_id: id },
      headers: { 'last-event-id': header, 'x-user-id': userId },
      query: { last_event_id: query },
    },
    { ...ports, authenticate: () => Promise.resolve(as), ...more },
  );

test('sends its events as they were written, after the retry of its contract', async () => {
  const id = await created(['one']);
  await add(id, 'two', true);
  expect(await textOf(await open(id), clock)).toBe(
    'retry: 3000\n\n' +
      'id: 1\nevent: initial_decision.thinking\ndata: {"content":"one"}\n\n' +
      'id: 2\nevent: initial_decision.thinking\ndata: {"content":"two"}\n\n',
  );
});

describe('where a follower begins', () => {
  /** Two events of an earlier iteration, two of this one. */
  const inSecondIteration = async (): Promise<string> => {
    const id = await created(['one']);
    await add(id, 'two', true);
    await reopen(id);
    await add(id, 'three');
    await add(id, 'four', true);
    return id;
  };

  test.each<[Asked, number[]]>([
    [{}, [3, 4]],
    [{ header: '3' }, [4]],
    [{ query: '3' }, [4]],
    [{ header: '1', query: '3' }, [2, 3, 4]],
    [{ header: '0' }, [1, 2, 3, 4]],
    [{ header: '5' }, [3, 4]],
    [{ header: '99999999999999999999' }, [3, 4]],
    [{ header: '-1' }, [3, 4]],
    [{ header: '3.5' }, [3, 4]],
    [{ header: 'x' }, [3, 4]],
    [{ query: '' }, [3, 4]],
  ])('%j: %j', async (asked, ids) => {
    const id = await inSecondIteration();
    const opened = await open(id, asked);
    expect(nothingLeft(opened)).toBe(false);
    expect(idsIn(await textOf(opened, clock))).toEqual(ids);
  });

  test('nothing is left once the last event of an iteration that has ended was seen, until the next one begins', async () => {
    const id = await inSecondIteration();
    expect(nothingLeft(await open(id, { header: '4' }))).toBe(true);
    await reopen(id);
    expect(nothingLeft(await open(id, { header: '4' }))).toBe(false);
    await add(id, 'five', true);
    expect(idsIn(await textOf(await open(id, { header: '4' }), clock))).toEqual([5]);
    expect(idsIn(await textOf(await open(id), clock))).toEqual([5]);
  });
});

test('any number follow at once, whenever they come, and see the same', async () => {
  const id = await created(['one']);
  const writer = (async () => {
    for (let number = 0; number < 12; number += 1) await add(id, `${number} ${'x'.repeat(400)}`, number === 11);
  })();
  const [early, meanwhile] = await Promise.all([open(id), open(id)].map(async (each) => textOf(await each, clock)));
  await writer;
  const late = await textOf(await open(id), clock);
  expect(idsIn(late)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
  expect(early).toBe(late);
  expect(meanwhile).toBe(late);
});

/** Follows with a clock that each look moves on by a second. */
async function watch(id: string, more: Partial<StreamPorts>, untilMs: number, asked: Asked = {}): Promise<string> {
  const startedAt = now;
  const slow: StreamPorts['clock'] = { now: () => (now += 1_000) };
  const opened = await open(id, { ...asked, more: { ...more, clock: slow } });
  let text = '';
  const write = (part: string) => Promise.resolve(((text += part), now - startedAt < untilMs));
  await follow(opened, { write }, slow, () => 900_000);
  return text;
}

test('a comment goes out after 3 s of silence, and again', async () => {
  const id = await created(['one']);
  const text = await watch(id, {}, 12_000);
  expect(text.match(/^: hb$/gm)?.length).toBeGreaterThanOrEqual(3);
  expect(text.split('\n\n')).toContain(': hb');
});

test('a writer that is silent for 60 s is lost: its run ends with an error, in front of all who follow', async () => {
  const id = await created(['one']);
  const text = await watch(id, {}, 300_000);
  expect(text.trimEnd().split('\n\n').at(-1)).toBe('id: 2\nevent: error\ndata: {"message":"lost"}');
  expect(nothingLeft(await open(id, { header: '2' }))).toBe(true);
});

describe('a run that nobody has begun', () => {
  test('is begun by who follows it, once, after 2 s', async () => {
    const begun: unknown[] = [];
    const id = await created();
    const madeAt = now;
    const beginDecision = async (run: unknown) => {
      begun.push([run, now - madeAt >= 2_000]);
      await add(id, 'one', true);
    };
    expect(idsIn(await watch(id, { beginDecision }, 20_000))).toEqual([1]);
    expect(begun).toEqual([[{ workspace: ANYBODY.workspace, runId: id }, true]]);
  });

  test('is left alone where it is begun in time', async () => {
    const id = await created();
    await add(id, 'one');
    expect(idsIn(await watch(id, {}, 20_000))).toEqual([1]);
  });
});

describe('who may follow', () => {
  const stranger: Principal = { ...ANYBODY, allWorkspaces: false, workspace: 'ws-other', workspaces: ['ws-other'] };

  test('somebody of the first workspace of the credential', async () => {
    const id = await created(['one']);
    await expect(open(id, { as: stranger })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    const theirs = await created(['one'], 'ws-other');
    expect((await open(theirs, { as: stranger })).followed.id).toBe(theirs);
    await expect(open(theirs)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  test.each(['run_unknown', 'a/b', 'x'.repeat(3_000), ''])('nobody follows %s', async (id) => {
    await expect(open(id)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  test.each([undefined, '', '  '])('nobody who does not say who they are: %j', async (said) => {
    const id = await created(['one']);
    const asked = (query: Record<string, string>, more: Partial<StreamPorts> = {}) =>
      openAt(
        { route: 'streamDecision', params: { run_id: id }, headers: { 'x-user-id': said }, query },
        { ...ports, ...more },
      );
    await expect(asked({})).rejects.toMatchObject({ code: 'USER_ID_REQUIRED' });
    await expect(asked({ user_id: ' ' })).rejects.toMatchObject({ code: 'USER_ID_REQUIRED' });
    expect((await asked({ user_id: 'user-123' })).followed.id).toBe(id);
    expect((await asked({}, { needsUserId: false })).followed.id).toBe(id);
  });

  test.each(['x'.repeat(129), 'a\u0000b', 'a\nb'])('nobody with an id of no form', async (userId) => {
    const id = await created(['one']);
    const refused = { code: 'VALIDATION_ERROR', details: { field: 'X-User-ID' } };
    await expect(open(id, { userId })).rejects.toMatchObject(refused);
  });

  test('nobody whose key may not read', async () => {
    const id = await created(['one']);
    const deaf: Principal = { ...ANYBODY, scopes: new Set(['run']) };
    await expect(open(id, { as: deaf })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
