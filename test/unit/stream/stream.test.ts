import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { CANCELLED, endRun } from '../../../lambdas/engine/lifecycle/end-run';
import type { Run } from '../../../lambdas/engine/run/run';
import { ANYBODY, type Principal } from '../../../lambdas/platform/auth/principal';
import { signTicket } from '../../../lambdas/platform/auth/ticket';
import { WORKSPACES_PARTITION } from '../../../lambdas/platform/dynamo/workspaces';
import { follow } from '../../../lambdas/stream/follow';
import { followedRun } from '../../../lambdas/stream/followed';
import { nothingLeft, type OpenedStream, type StreamPorts } from '../../../lambdas/stream/stream-request';
import { Pace } from '../../../lambdas/stream/pace';
import { RUN_RULES } from '../../../lambdas/stream/rules';
import { sseEvent } from '../../../lambdas/stream/sse';
import { testDynamo } from '../../support/aws';
import { newTestRun } from '../../support/runs';
import { idsIn, openAt, streamPorts } from './support/ports';

const db = testDynamo();
const clock = { now: () => Date.now() };
let ports: StreamPorts;
let entities: string;

beforeAll(async () => {
  const made = await streamPorts(db);
  ({ entities } = made);
  ports = { ...made.ports, authenticate: () => Promise.resolve({ ...ANYBODY, workspace: 'ws-test' }) };
});

async function runWith(lines: readonly string[]) {
  const run = newTestRun(clock.now());
  await ports.store.create(run);
  let current = run;
  for (const line of lines) current = await ports.store.append(current, [['L', clock.now(), 'o', line]]);
  return current;
}

const opened = (run: Run, after: number): OpenedStream => ({
  followed: followedRun(run, ports),
  after,
  rules: RUN_RULES,
});

test('an event is one data line, whatever the user printed', () => {
  const line = 'a\r\nevent: COMPLETE\ndata: {}\n\n\u2028\u2029';
  const wire = sseEvent({ seq: 7, event: 'LOG', data: { line } });
  expect(wire.split(/\r\n|[\r\n\u2028\u2029]/)).toHaveLength(5);
  expect(JSON.parse(/^data: (.*)$/m.exec(wire)?.[1] ?? '')).toEqual({ line });
});

test('follows a run that is written meanwhile, to its end, without a gap or a repeat', async () => {
  const run = await runWith(['one', 'two']);
  let text = '';
  let current = run;
  const writer = (async () => {
    for (let number = 0; number < 30; number += 1)
      current = await ports.store.append(current, [['L', clock.now(), 'o', 'x'.repeat(300)]]);
    await endRun(current, CANCELLED, ports);
  })();
  const sink = { write: (part: string) => Promise.resolve(((text += part), true)) };
  await follow(opened(run, 1), sink, clock, () => 900_000);
  await writer;
  expect(text.startsWith('retry: 2000\n\n')).toBe(true);
  expect(idsIn(text)).toEqual(Array.from({ length: 34 }, (_, number) => number + 2));
  expect(text.trimEnd().split('\n\n').at(-1)).toContain('event: COMPLETE');
});

test('stops when nobody listens any longer', async () => {
  const run = await runWith([]);
  let writes = 0;
  const sink = { write: () => Promise.resolve((writes += 1) < 2) };
  await follow(opened(run, 0), sink, clock, () => 900_000);
  expect(writes).toBe(2);
});

test('is cut between events before its function ends, so that the client can resume', async () => {
  const run = await runWith(['one']);
  let text = '';
  const sink = { write: (part: string) => Promise.resolve(((text += part), true)) };
  await follow(opened(run, 0), sink, clock, () => 15_000);
  expect(idsIn(text)).toEqual([1, 2]);
});

describe('opening a stream', () => {
  const open = (runId: string, lastEventId?: string, more: { header?: string; ticket?: string } = {}) =>
    openAt(
      {
        route: 'streamInvocation',
        params: { id: runId },
        headers: { 'last-event-id': more.header },
        query: { lastEventId, ticket: more.ticket },
      },
      ports,
    );

  test('resumes where the header says, before the query', async () => {
    const run = await runWith(['one', 'two']);
    expect(await open(run.id)).toMatchObject({ after: 0 });
    expect(await open(run.id, '1')).toMatchObject({ after: 1 });
    expect(await open(run.id, '1', { header: '2' })).toMatchObject({ after: 2 });
  });

  test('has nothing left once COMPLETE was seen', async () => {
    const ended = await endRun(await runWith([]), CANCELLED, ports);
    expect(nothingLeft(await open(ended.id, String(ended.lastSeq)))).toBe(true);
    expect(nothingLeft(await open(ended.id, String(ended.lastSeq - 1)))).toBe(false);
  });

  test.each(['-1', '1.5', 'x', '99', '1e3', ' 1'])('refuses Last-Event-ID %s', async (header) => {
    const run = await runWith([]);
    await expect(open(run.id, undefined, { header })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { field: 'Last-Event-ID' },
    });
  });

  test('takes a ticket of this run in place of a credential, and of no other', async () => {
    const [mine, other] = [await runWith([]), await runWith([])];
    const until = clock.now() + 60_000;
    const ticket = signTicket('key', { workspace: 'ws-test', runId: mine.id, openUntil: until, resumeUntil: until });
    expect((await open(mine.id, undefined, { ticket })).followed.id).toBe(mine.id);
    await expect(open(other.id, undefined, { ticket })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  describe('of a run in a workspace that is not the first', () => {
    const openAs = (runId: string, principal: Principal) =>
      openAt(
        { route: 'streamInvocation', params: { id: runId } },
        { ...ports, authenticate: () => Promise.resolve(principal) },
      );
    const runIn = async (workspace: string, room = 'functions') => {
      const run = newTestRun(clock.now(), { workspace, room });
      await ports.store.create(run);
      return run.id;
    };
    const keyFor = (...workspaces: [string, ...string[]]): Principal => ({
      ...ANYBODY,
      workspace: workspaces[0],
      workspaces,
      allWorkspaces: false,
    });

    test('a key that names the workspace sees it, also as its hundredth; another key does not', async () => {
      const id = await runIn('ws-third');
      const many = Array.from({ length: 120 }, (_, number) => `ws-other${number}`);
      expect((await openAs(id, keyFor('ws-default', ...many, 'ws-third'))).followed.workspace).toBe('ws-third');
      await expect(openAs(id, keyFor('ws-default', ...many))).rejects.toMatchObject({ code: 'INVOCATION_NOT_FOUND' });
    });

    test('a run of a service that knows only the first workspace is not there', async () => {
      const id = await runIn('ws-third', 'invocations');
      const opened = openAs(id, keyFor('ws-default', 'ws-third'));
      await expect(opened).rejects.toMatchObject({ code: 'INVOCATION_NOT_FOUND' });
      expect((await openAs(id, keyFor('ws-third', 'ws-default'))).followed.id).toBe(id);
    });

    test('everybody sees it where nobody authenticates, unless its workspace was deleted', async () => {
      const put = (sk: string, more = {}) =>
        db.send(new PutCommand({ TableName: entities, Item: { pk: WORKSPACES_PARTITION, sk, ...more } }));
      await put('ws-there');
      await put('ws-gone', { deletedAt: clock.now() });
      const id = await runIn('ws-there');
      expect((await openAs(id, ANYBODY)).followed.id).toBe(id);
      await expect(openAs(await runIn('ws-gone'), ANYBODY)).rejects.toMatchObject({ code: 'INVOCATION_NOT_FOUND' });
    });
  });

  test.each(['inv-unknown', 'x', 'inv-01JD9XQ4T7M2K8V5R3C6B1N0HZ'])('answers not found to %s', async (id) => {
    await expect(open(id)).rejects.toMatchObject({ code: 'INVOCATION_NOT_FOUND' });
  });
});

test('looks often after news and seldom in a long silence', () => {
  const pace = new Pace(0);
  const early = Array.from({ length: 20 }, () => pace.next(1_000));
  expect(Math.max(...early)).toBeLessThanOrEqual(60);
  const late = Array.from({ length: 20 }, () => pace.next(400_000));
  expect(late.at(-1)).toBeGreaterThan(500);
  pace.news(400_000);
  expect(pace.next(400_001)).toBeLessThan(20);
});
