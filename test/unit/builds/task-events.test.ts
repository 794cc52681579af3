import { randomUUID } from 'node:crypto';
import { LogStore } from '../../../lambdas/engine/store/log-store';
import { LIMITS } from '../../../lambdas/engine/run/limits';
import { TASK_DEADLINE_MS } from '../../../lambdas/builds/limits';
import { reportTask } from '../../../lambdas/builds/task/report-task';
import { currentTask } from '../../../lambdas/builds/task/read-tasks';
import { newTask, type TaskRecord } from '../../../lambdas/builds/task/task';
import { TASK_LOG } from '../../../lambdas/builds/task/task-events';
import { TaskStore } from '../../../lambdas/builds/task/task-store';
import { createTable, testDynamo } from '../../support/aws';
import { testClock } from '../../support/clock';
import { testObserved } from '../../support/observed';

const db = testDynamo();
const clock = testClock();
let tasks: TaskStore;
let logs: LogStore;
const reported: unknown[] = [];

beforeAll(async () => {
  logs = new LogStore(db, await createTable(db));
  const report = reportTask(testObserved('dev'), (line) => reported.push(JSON.parse(line)));
  tasks = new TaskStore(db, await createTable(db), logs, report);
});

const RESULT = {
  wasm_path: null,
  image_url: null,
  image_uri: null,
  file_path: 's3://bucket/build-sources/ws-test/x/',
  artifact: { kind: 'lambda-zip' as const, path: 's3://bucket/build-artifacts/x/app.zip', sha256: 'ab', bytes: 3 },
};

async function begun(): Promise<TaskRecord> {
  const task = newTask(
    {
      id: randomUUID().replaceAll('-', ''),
      workspace: `ws-${randomUUID()}`,
      kind: 'build',
      appName: 'shop',
      target: 'lambda',
      typeCheck: 'warn',
      warnings: [],
      ignoredFields: [],
    },
    clock.now(),
  );
  await tasks.insert(task);
  return task;
}

async function told(id: string) {
  const log = await logs.find(TASK_LOG, id, clock.now());
  return log ? logs.eventsAfter(log, 0, 10_000) : [];
}
const lines = async (id: string) =>
  (await told(id)).flatMap(({ event, data }) => (event === 'LOG' ? [data['line']] : []));
const summary = async (id: string) =>
  (await told(id)).map(({ event, data }) => {
    const { stage } = data['payload'] as { stage?: string };
    return event === 'LOG' ? `LOG ${String(data['line'])}` : `${event} ${String(data['status'])} ${stage ?? ''}`;
  });

test('a task tells each stage once, what its steps say, and its end', async () => {
  const { id, workspace } = await begun();
  const step = { now: clock.now() };
  await tasks.advance(id, { ...step, stage: 'checking' });
  // The state machine repeats a step whose answer was lost.
  await tasks.advance(id, { ...step, stage: 'checking' });
  await tasks.advance(id, { ...step, stage: 'building', lines: ['2 files checked', 'a.py:1:1: error: b'] });
  await tasks.log(id, ['zip: 3 bytes'], clock.now());
  await tasks.end({ id, workspace }, { result: RESULT }, clock.now());
  await tasks.end({ id, workspace }, { failure: { code: 'BUILD_ERROR', message: 'late' } }, clock.now());
  expect(await tasks.log(id, ['late'], clock.now())).toBe(false);
  expect(await tasks.advance(id, { ...step, stage: 'pushing' })).toBe(false);
  expect(await summary(id)).toEqual([
    'STATUS pending queued',
    'STATUS running checking',
    'LOG 2 files checked',
    'LOG a.py:1:1: error: b',
    'STATUS running building',
    'LOG zip: 3 bytes',
    'STATUS completed finished',
    'COMPLETE completed finished',
  ]);
  expect((await told(id)).at(-1)?.data['payload']).toMatchObject({ result: RESULT, error: null, error_code: null });
  expect(await tasks.find(id)).toMatchObject({ status: 'completed', stage: 'finished', result: RESULT });
});

test('task and events agree, whoever ends it first', async () => {
  const { id, workspace } = await begun();
  await Promise.all([
    tasks.end({ id, workspace }, { result: RESULT }, clock.now()),
    tasks.end({ id, workspace }, { failure: { code: 'BUILD_ERROR', message: 'no' } }, clock.now()),
    tasks.advance(id, { stage: 'building', now: clock.now() }),
    tasks.log(id, ['one'], clock.now()),
  ]);
  const { status } = (await tasks.find(id)) ?? {};
  const events = await told(id);
  expect(events.filter(({ event }) => event === 'COMPLETE').map(({ data }) => data['status'])).toEqual([status]);
  expect(events.at(-1)?.event).toBe('COMPLETE');
});

test('a task whose worker is lost has timed out for those who follow it, and for those who ask', async () => {
  const { id, workspace } = await begun();
  clock.advance(TASK_DEADLINE_MS);
  const log = await logs.find(TASK_LOG, id, clock.now());
  if (!log) throw new Error('no log');
  await logs.settled(log, clock.now());
  const complete = (await told(id)).at(-1);
  expect(complete).toMatchObject({
    event: 'COMPLETE',
    data: { status: 'failed', payload: { error_code: 'BUILD_TIMEOUT' } },
  });
  // A worker that comes too late does not say otherwise.
  await tasks.end({ id, workspace }, { result: RESULT }, clock.now());
  expect(await currentTask(id, { tasks, clock })).toMatchObject({ status: 'failed', errorCode: 'BUILD_TIMEOUT' });
  expect(await summary(id)).toHaveLength(3);
});

test('lines are bounded, one by one and in all', async () => {
  const { id } = await begun();
  await tasks.log(id, ['a\r\nb\nc', 'x'.repeat(LIMITS.logLineBytes + 1)], clock.now());
  expect(await lines(id)).toEqual(['a', 'b', 'c', 'x'.repeat(LIMITS.logLineBytes)]);
  expect((await told(id)).at(-1)?.data['payload']).toMatchObject({ truncated: true });
  for (let turn = 0; turn < 3; turn += 1)
    await tasks.log(
      id,
      Array.from({ length: 2_000 }, (_, number) => `line ${number}`),
      clock.now(),
    );
  const all = await lines(id);
  expect(all.filter((line) => String(line).startsWith('This log is full'))).toHaveLength(1);
  expect(String(all.at(-1))).toMatch(/^This log is full/);
  expect(all.length).toBeLessThan(2_000);
  await tasks.advance(id, { stage: 'building', now: clock.now() });
  expect((await summary(id)).at(-1)).toBe('STATUS running building');
});

test('a task that was taken back leaves no log', async () => {
  const task = await begun();
  await tasks.remove(task);
  expect(await logs.find(TASK_LOG, task.id, clock.now())).toBeUndefined();
});

test('whoever ends a task writes one line about it, and who comes too late writes none', async () => {
  const [done, failed] = [await begun(), await begun()];
  await tasks.end(done, { result: RESULT }, clock.now() + 1_500);
  await tasks.end(done, { failure: { code: 'BUILD_ERROR', message: 'canary-6f1e' } }, clock.now() + 2_000);
  await tasks.end(failed, { failure: { code: 'BUILD_ERROR', message: 'canary-6f1e' } }, clock.now() + 10);
  const ours = reported.filter((line) => [done.id, failed.id].includes((line as { taskId: string }).taskId));
  expect(ours).toMatchObject([
    { message: 'task ended', stage: 'dev', outcome: 'completed', TasksCompleted: 1, TaskDuration: 1_500 },
    { message: 'task ended', outcome: 'failed', errorCode: 'BUILD_ERROR', step: 'queued', TasksFailed: 1 },
  ]);
  expect(JSON.stringify(ours)).not.toContain('canary-6f1e');
});
