import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { buildHandlers } from '../../../lambdas/builds/build/handlers';
import { appBuilds } from '../../../lambdas/builds/build/pipeline';
import type { BuilderPorts } from '../../../lambdas/builds/build/ports';
import { BuildStore } from '../../../lambdas/builds/build/store';
import { unzipped } from '../../../lambdas/builds/build/zip';
import { credentialsKey } from '../../../lambdas/builds/keys';
import { TASK_DEADLINE_MS } from '../../../lambdas/builds/limits';
import { PushDenied } from '../../../lambdas/builds/oci/errors';
import { CredentialStore } from '../../../lambdas/builds/request/credentials';
import { newTask, type NewTask, type TaskRecord } from '../../../lambdas/builds/task/task';
import { TaskStore } from '../../../lambdas/builds/task/task-store';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { LogStore } from '../../../lambdas/engine/store/log-store';
import { readItem } from '../../../lambdas/platform/dynamo/read-item';
import { dispatcher } from '../../../lambdas/platform/pipeline/dispatcher';
import { createBucket, createKey, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { ADAPTER_SOURCES } from './support';

const clock = testClock();
const s3 = testS3();
const db: DynamoDBDocumentClient = testDynamo();
const FINE = { ok: true, syntax: [], types: [], truncated: false };
const DIGEST = `sha256:${'a'.repeat(64)}`;

let table: string;
let ports: BuilderPorts;
/** What a registry was given, one after the other. */
let published: { readonly tag: string; readonly user: string | undefined }[] = [];
let count = 0;

beforeAll(async () => {
  table = await createTable(db);
  const kms = testKms();
  ports = {
    clock,
    tasks: new TaskStore(db, table, new LogStore(db, table)),
    store: new BuildStore(s3, await createBucket(s3)),
    credentials: new CredentialStore(db, table, new Envelope(kms, await createKey(kms), clock)),
    publish: async (_place, tag, _artifact, credentials) => {
      published.push({ tag, user: (await credentials?.())?.username });
      return { digest: DIGEST, uploaded: 1 };
    },
    adapter: ADAPTER_SOURCES,
  };
});

beforeEach(() => {
  published = [];
});

const push = { host: 'registry.example.com', repository: 'app', tag: null, ownEcr: false, hasCredentials: false };

async function task(more: Partial<NewTask> = {}, files: Readonly<Record<string, string>> = { 'app.py': 'x = 1\n' }) {
  count += 1;
  const record = newTask(
    {
      ...{
        id: `t${count}`,
        workspace: `ws-${count}`,
        kind: 'build',
        appName: 'app',
        target: 'lambda',
        typeCheck: 'warn',
      },
      ...{ warnings: [], ignoredFields: [], upload: { sha256: 'c'.repeat(64) } },
      ...more,
    },
    clock.now(),
  );
  await ports.tasks.insert(record);
  const bytes = Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const);
  await ports.store.putSource(record, new Map(bytes));
  return record;
}

type Event = Readonly<Record<string, unknown>>;
const call = (step: string, { id }: TaskRecord, event: Event = {}) =>
  dispatcher(appBuilds, buildHandlers(ports))({ step, order: { version: 1, task: id }, ...event });
const record = async ({ id }: TaskRecord): Promise<TaskRecord> => {
  const found = await ports.tasks.find(id);
  if (!found) throw new Error(`no task ${id}`);
  return found;
};
/** As a state machine does it when it did not hear of the first time. */
const twice = async (step: string, of: TaskRecord, event: Event = {}) => {
  await call(step, of, event);
  return call(step, of, event);
};

test('a build whose every step is done twice ends once, and says nothing twice', async () => {
  const one = await task();
  expect(await twice('begin', one)).toMatchObject({ next: 'check', types: true, module: 'app' });
  expect(await record(one)).toMatchObject({ status: 'running', stage: 'checking' });
  const findings = { ...FINE, types: ['app.py:1:1: error: a'] };
  expect(await call('judge', one, { findings, module: 'app' })).toEqual({ next: 'over' });
  expect(await call('judge', one, { findings, module: 'app' })).toEqual({ next: 'over' });
  const ended = await record(one);
  expect(ended).toMatchObject({ status: 'completed', stage: 'finished', warnings: ['app.py:1:1: error: a'] });
  const zip = unzipped(
    await ports.store.artifact(ended.result?.artifact ?? { kind: 'lambda-zip', path: 'none', sha256: '', bytes: 0 }),
  );
  expect([...zip.keys()]).toEqual(expect.arrayContaining(['narae_function.py', 'app/app.py']));
});

test('a step that is tried again after it moved its task does not warn again', async () => {
  const one = await task({ kind: 'build-and-push', push });
  await call('begin', one);
  const findings = { ...FINE, types: ['app.py:1:1: error: a'] };
  expect(await twice('judge', one, { findings, module: 'app' })).toEqual({ next: 'push' });
  expect(await record(one)).toMatchObject({ stage: 'pushing', warnings: ['app.py:1:1: error: a'] });
  expect(await twice('push', one, { tries: 0 })).toEqual({ next: 'over' });
  expect(await record(one)).toMatchObject({ status: 'completed', result: { digest: DIGEST } });
  expect(published).toEqual([{ tag: `task-${one.id}`, user: undefined }]);
});

test.each<[string, Event, string]>([
  ['Error of a worker', { Error: 'Lambda.Unknown', Cause: 'exited' }, 'BUILD_ERROR'],
  ['a step that hangs', { Error: 'States.Timeout' }, 'BUILD_TIMEOUT'],
  ['a worker that runs out of time', { Error: 'Sandbox.Timedout', Cause: 'Task timed out' }, 'BUILD_TIMEOUT'],
  ['an index that is down', { Error: 'RegistryUnavailable', Cause: 'no answer' }, 'DEPENDENCY_ERROR'],
])('%s fails the task, and no step changes that', async (_what, fault, errorCode) => {
  const one = await task();
  await call('begin', one);
  await call('reject', one, { fault });
  expect(await record(one)).toMatchObject({ status: 'failed', stage: 'finished', errorCode });
  expect(await call('judge', one, { findings: FINE, module: 'app' })).toEqual({ next: 'over' });
  expect(await record(one)).toMatchObject({ status: 'failed', errorCode });
});

test('a task whose time is over fails by whichever step comes next', async () => {
  const one = await task();
  await call('begin', one);
  clock.advance(TASK_DEADLINE_MS);
  expect(await call('judge', one, { findings: FINE, module: 'app' })).toEqual({ next: 'over' });
  expect(await record(one)).toMatchObject({ status: 'failed', errorCode: 'BUILD_TIMEOUT' });
});

test('a push waits for its build, and publishes what that made although it was not published', async () => {
  const source = await task({ kind: 'build-and-push', push });
  const one = await task({ kind: 'push', push, builtBy: source.id });
  expect(await call('begin', one)).toEqual({ next: 'push' });
  expect(await call('push', one, { tries: 0 })).toEqual({ next: 'again', tries: 1 });
  expect(await record(one)).toMatchObject({ status: 'pending', stage: 'queued' });
  await call('begin', source);
  await call('judge', source, { findings: FINE, module: 'app' });
  await call('reject', source, { fault: { Error: 'Lambda.Unknown' } });
  expect(await record(source)).toMatchObject({ status: 'failed', errorCode: 'PUSH_ERROR' });
  expect(await call('push', one, { tries: 1 })).toEqual({ next: 'over' });
  expect(await record(one)).toMatchObject({
    status: 'completed',
    result: { file_path: ports.store.sourcePath(source) },
  });
  expect(published).toEqual([{ tag: 'c'.repeat(12), user: undefined }]);
});

test('a push fails as its build failed, or when that is never heard of again', async () => {
  const source = await task();
  const one = await task({ kind: 'push', push, builtBy: source.id });
  await call('reject', source, { fault: { Error: 'States.Timeout' } });
  await call('push', one, { tries: 0 });
  expect(await record(one)).toMatchObject({ status: 'failed', errorCode: 'BUILD_TIMEOUT' });
  const lost = await task();
  clock.advance(1_000);
  const other = await task({ kind: 'push', push, builtBy: lost.id });
  clock.advance(TASK_DEADLINE_MS - 1_000);
  await call('push', other, { tries: 0 });
  expect(await record(other)).toMatchObject({ status: 'failed', errorCode: 'BUILD_TIMEOUT' });
});

test('credentials of a push are used once, and go with its end, whichever that is', async () => {
  const withCredentials = { ...push, hasCredentials: true };
  const source = await task({ kind: 'build-and-push', push });
  await call('begin', source);
  await call('judge', source, { findings: FINE, module: 'app' });
  const kept = ({ id }: TaskRecord) => readItem(db, table, credentialsKey(id));
  const withPair = async () => {
    const one = await task({ kind: 'push', push: withCredentials, builtBy: source.id });
    await ports.credentials.put(one.id, { username: 'robot', password: 'hunter2' }, one.deadlineAt);
    expect(JSON.stringify([await kept(one), await record(one)])).not.toContain('hunter2');
    return one;
  };
  const [pushed, denied, lost] = [await withPair(), await withPair(), await withPair()];
  await call('push', pushed, { tries: 0 });
  expect(published).toEqual([{ tag: 'c'.repeat(12), user: 'robot' }]);
  const publish = () => Promise.reject(new PushDenied('The registry does not take the credentials.'));
  const steps = buildHandlers({ ...ports, publish });
  await steps.push({ order: { version: 1, task: denied.id } });
  expect(await record(denied)).toMatchObject({ status: 'failed', errorCode: 'PUSH_DENIED' });
  clock.advance(TASK_DEADLINE_MS);
  await call('push', lost, { tries: 0 });
  expect(await record(lost)).toMatchObject({ status: 'failed', errorCode: 'BUILD_TIMEOUT' });
  for (const one of [pushed, denied, lost]) expect(await kept(one)).toBeUndefined();
});

test.each<[string, Event, string]>([
  ['code', { ok: false, errorCode: 'DEPENDENCY_ERROR', reason: 'numpy needs machine code' }, 'DEPENDENCY_ERROR'],
  ['an unknown code', { ok: false, errorCode: 'OTHER', reason: 'x' }, 'BUILD_ERROR'],
])('a component that is not made fails the build with %s', async (_what, component, errorCode) => {
  const one = await task({ target: 'spin' }, { 'spin.toml': '', 'app.py': '' });
  await call('begin', one);
  expect(await call('judge', one, { findings: FINE, module: 'app' })).toEqual({ next: 'componentize' });
  await call('accept', one, { component });
  expect(await record(one)).toMatchObject({ status: 'failed', errorCode, error: component['reason'] });
});

test('findings are told in eight kilobytes, whole lines of them', async () => {
  const types = Array.from({ length: 200 }, (_, line) => `app.py:${line + 1}:1: error: ${'가'.repeat(100)}`);
  const [warned, strict] = [await task(), await task({ typeCheck: 'strict' })];
  for (const one of [warned, strict]) {
    await call('begin', one);
    await call('judge', one, { findings: { ...FINE, types }, module: 'app' });
  }
  const { warnings } = await record(warned);
  expect(Buffer.byteLength(warnings.join('\n'))).toBeLessThanOrEqual(8192);
  expect([warnings[0], warnings.at(-1)]).toEqual([types[0], 'There are more findings.']);
  const { error = '' } = await record(strict);
  expect(error.split('\n')).toEqual(warnings);
});
