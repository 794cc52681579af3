import { randomUUID } from 'node:crypto';
import { TASK_DEADLINE_MS } from '../../../lambdas/builds/limits';
import { newTask } from '../../../lambdas/builds/task/task';
import { TaskStore } from '../../../lambdas/builds/task/task-store';
import { ANYBODY, type Principal } from '../../../lambdas/platform/auth/principal';
import { nothingLeft, type StreamPorts } from '../../../lambdas/stream/stream-request';
import { testDynamo } from '../../support/aws';
import { idsIn, openAt, streamPorts, textOf } from './support/ports';

/** Tasks of builds as they are followed, written by the store of the service itself. */

const db = testDynamo();
const clock = { now: () => Date.now() };
let tasks: TaskStore;
let ports: StreamPorts;

beforeAll(async () => {
  const made = await streamPorts(db);
  ({ ports } = made);
  tasks = new TaskStore(db, made.entities, ports.logs);
});

async function newOne(createdAt = clock.now()) {
  const task = newTask(
    {
      id: randomUUID(),
      workspace: `ws-${randomUUID()}`,
      kind: 'build',
      appName: 'shop',
      target: 'lambda',
      typeCheck: 'warn',
      warnings: [],
      ignoredFields: [],
    },
    createdAt,
  );
  await tasks.insert(task);
  return task;
}

const FAILURE = { failure: { code: 'BUILD_ERROR' as const, message: 'no' } };

const open = (
  id: string,
  more: { lastEventId?: string; workspace_id?: string; ticket?: string; as?: Principal } = {},
) => {
  const { as, ...query } = more;
  return openAt(
    { route: 'streamTask', params: { task_id: id }, query },
    { ...ports, ...(as && { authenticate: () => Promise.resolve(as) }) },
  );
};

const followed = async (id: string, lastEventId?: string): Promise<string> =>
  textOf(await open(id, lastEventId === undefined ? {} : { lastEventId }), clock);

test('a task is followed while it is worked on, to its end, in the form of runs', async () => {
  const task = await newOne();
  const reading = followed(task.id);
  await tasks.advance(task.id, { stage: 'checking', now: clock.now() });
  for (let number = 0; number < 20; number += 1)
    await tasks.log(task.id, [`${number} ${'x'.repeat(300)}`], clock.now());
  await tasks.end(task, FAILURE, clock.now());
  const text = await reading;
  expect(text.startsWith('retry: 2000\n\n')).toBe(true);
  expect(idsIn(text)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
  const [first = '', second = '', third = ''] = text.trimEnd().split('\n\n').slice(1);
  expect(first).toMatch(/^id: 1\nevent: STATUS\ndata: \{"type":"STATUS","task_id":"[^"]+","seq":1,"ts":"[^"]+Z",/);
  expect(second).toMatch(/"status":"running","payload":\{"status":"running","stage":"checking"\}\}$/);
  expect(third).toMatch(/"type":"LOG".*"line":"0 x+","payload":\{"line":"0 x+","stream":"stdout"\}\}$/);
  expect(text.trimEnd().split('\n\n').at(-1)).toMatch(
    /event: COMPLETE\n.*"error":"no","error_code":"BUILD_ERROR"\}\}$/,
  );
});

test('it is resumed after the last event that was seen, and has nothing left after its end', async () => {
  const task = await newOne();
  await tasks.end(task, FAILURE, clock.now());
  expect(idsIn(await followed(task.id, '1'))).toEqual([2, 3]);
  expect(nothingLeft(await open(task.id, { lastEventId: '3' }))).toBe(true);
  await expect(open(task.id, { lastEventId: '4' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('one whose worker is lost comes to its end for those who follow it', async () => {
  const task = await newOne(clock.now() - TASK_DEADLINE_MS + 300);
  const text = await followed(task.id);
  expect(text).toMatch(/event: COMPLETE\n.*"error_code":"BUILD_TIMEOUT"/);
});

test('it is there for its workspace only, and for no ticket', async () => {
  const task = await newOne();
  const stranger = { ...ANYBODY, allWorkspaces: false, workspaces: ['ws-other'] };
  expect((await open(task.id, { workspace_id: task.workspace })).followed.id).toBe(task.id);
  expect((await open(task.id, { as: { ...stranger, workspaces: ['ws-other', task.workspace] } })).after).toBe(0);
  for (const [id, more] of [
    [task.id, { as: stranger }],
    [task.id, { workspace_id: 'ws-other' }],
    ['unknown', {}],
    ['a/b', {}],
    ['x'.repeat(5_000), {}],
  ] as const)
    await expect(open(id, more)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const deaf: Principal = { ...ANYBODY, scopes: new Set(['run']) };
  await expect(open(task.id, { as: deaf })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
