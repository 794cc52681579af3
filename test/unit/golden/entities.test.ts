import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { AppStore } from '../../../lambdas/builds/deploy/app-store';
import { readDeployment } from '../../../lambdas/builds/deploy/deployment';
import { TaskStore } from '../../../lambdas/builds/task/task-store';
import { Libraries } from '../../../lambdas/callbacks/deploy/libraries';
import { ChatStore } from '../../../lambdas/callbacks/chat/chat-store';
import { Counters } from '../../../lambdas/callbacks/counters';
import { wantedOf } from '../../../lambdas/callbacks/deploy/library';
import { ChatRoomStore } from '../../../lambdas/callbacks/chat/chat-room-store';
import { CallbackStore } from '../../../lambdas/callbacks/registry/store';
import { toCallback, toChat, toChatRoom } from '../../../lambdas/callbacks/view';
import { LogStore } from '../../../lambdas/engine/store/log-store';
import { CleanUpStore } from '../../../lambdas/functions/cleanup/clean-up-store';
import { FunctionStore } from '../../../lambdas/functions/registry/function-store';
import { toFunction } from '../../../lambdas/functions/view';
import { WorkspaceStore } from '../../../lambdas/functions/workspaces/workspace-store';
import { allJobs, jobsOfProject } from '../../../lambdas/jobs/job-keys';
import { JobStore } from '../../../lambdas/jobs/job-store';
import { ProjectStore } from '../../../lambdas/jobs/project-store';
import { ApiKeyStore } from '../../../lambdas/platform/auth/api-keys';
import { Idempotency } from '../../../lambdas/platform/dynamo/idempotency';
import { createBucket, testDynamo, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { goldenDecisions, goldenEntities, goldenRuns, named, RELEASES, tableWith, timeOf } from './support';

const workspace = 'ws-default';

describe.each(RELEASES)('what release %s stored of other APIs', (release) => {
  const db = testDynamo();
  const s3 = testS3();
  const clock = testClock(timeOf(release));
  const { named: ids, items } = goldenEntities(release);
  let table: string;

  beforeAll(async () => {
    table = await tableWith(db, items);
  });

  test('workspaces and functions', async () => {
    const functions = new FunctionStore(db, table);
    const workspaces = new WorkspaceStore(db, table);
    expect(await workspaces.all()).toMatchObject([{ id: ids.ws, name: 'golden', functionCount: 3 }]);
    const all = await functions.all(ids.ws);
    expect(all.map(({ name }) => name).sort()).toEqual(['elsewhere', 'fails', 'greet']);
    const greet = await functions.get(ids.ws, ids.fn);
    expect(toFunction(greet, 'code', { invocations: 0, errors: 0, durationMs: 0 })).toMatchObject({
      id: ids.fn,
      workspaceId: ids.ws,
      runtime: 'Python 3.13',
      environmentVariables: { A: '********' },
    });
    expect(greet.env).toBeDefined();
    expect((await functions.get(ids.ws, ids.out)).invocationUrl).toMatch(/^http:/);
    expect(await functions.workspacesOf(ids.fn)).toEqual([ids.ws]);
  });

  test('what deleted functions leave', async () => {
    const tasks = await new CleanUpStore(db, { entities: table, runs: table }).tasks();
    expect(tasks).toMatchObject([{ kind: 'function', workspace: ids.ws }]);
  });

  test('callbacks, their routes and their packages', async () => {
    const callbacks = new CallbackStore(db, table);
    const record = await callbacks.get(workspace, ids.cb);
    expect(toCallback(record, clock.now())).toMatchObject({
      callback_id: ids.cb,
      path: 'tax',
      method: 'POST',
      status: 'deployed',
      live: true,
      pending_changes: false,
      env: { RATE: '********' },
    });
    const route = await callbacks.route(workspace, 'tax', 'POST');
    expect(route).toMatchObject({ callbackId: ids.cb, deployment: record.deployment });
    expect(await callbacks.methodsOf(workspace, 'tax')).toEqual(['POST']);
    expect((await callbacks.list(workspace, undefined, 10)).items).toEqual([record]);
    const libraries = new Libraries(db, table, s3, await createBucket(s3), clock);
    const wanted = wantedOf('python', record.library);
    if (!wanted) throw new Error('The callback wants no packages');
    expect(await libraries.find(workspace, wanted)).toEqual(record.deployment?.packages);
    expect(await new Counters(db, table).nextId(workspace, 'callbacks')).toBe(ids.cb + 1);
  });

  test('chat services and chats', async () => {
    const room = await new ChatRoomStore(db, table).get(workspace, ids.room);
    expect(toChatRoom(room)).toMatchObject({ chat_id: ids.room, title: 'golden', callback_id: ids.cb });
    const chats = new ChatStore(db, table);
    expect((await chats.list(workspace, undefined, 10)).items.map(toChat)).toMatchObject([{ chats: 'hello' }]);
    expect((await chats.listOfRoom(workspace, ids.room, undefined, 10)).items).toHaveLength(1);
  });

  test('jobs and projects', async () => {
    const jobs = new JobStore(db, table);
    const job = await jobs.get(workspace, ids.job, clock.now());
    expect(job).toMatchObject({ project: 'golden', language: 'python', functionName: 'f', description: 'd' });
    if (!job) throw new Error('no job');
    expect(await jobs.runIdOf(job, 1)).toBe(ids.jobRun);
    for (const partition of [allJobs(workspace), jobsOfProject(workspace, job.projectId)]) {
      const { ids: listed } = await jobs.page(partition, 10, undefined);
      expect(await jobs.getMany(workspace, listed, clock.now())).toHaveLength(3);
    }
    const projects = new ProjectStore(db, table);
    expect(await projects.list(workspace)).toMatchObject([{ name: 'golden' }]);
    expect((await projects.findOrCreate(workspace, 'another', null)).id).toBe(2);
  });

  test('keys', async () => {
    expect(await new ApiKeyStore(db, table).list()).toMatchObject([
      { name: 'golden', scopes: ['read', 'run', 'write', 'admin'], workspaces: [workspace, ids.ws] },
    ]);
  });

  test('answers to requests with a key', async () => {
    const code =
      'def handler(event, context=None):\n    print("hello", event.get("name"))\n    return {"hello": event.get("name")}\n';
    const body = { code, runtime: 'python', payload: { name: 'Ada' }, env: { GREETING: 'hi' } };
    const request = {
      key: 'golden-completed-python',
      workspace,
      path: 'POST /invocations',
      query: '',
      body: Buffer.from(JSON.stringify(body)),
    };
    const again = () => Promise.reject(new Error('done again'));
    const reply = await new Idempotency(db, table, clock).once(request, again);
    const id = named(goldenRuns(release).named, 'completed-python');
    expect(reply).toMatchObject({ status: 202, headers: { Location: `/invocations/${id}` } });
  });
});

test('tasks of builds, which came after release 0.1', async () => {
  const db = testDynamo();
  const logs = new LogStore(db, await tableWith(db, goldenRuns('next').items));
  const tasks = new TaskStore(db, await tableWith(db, goldenEntities('next').items), logs);
  expect(await tasks.list(workspace, 10)).toMatchObject([
    { id: 'e4Wm6NbGj2', kind: 'push', status: 'pending', builtBy: 'b7Yd2KqWm4' },
    { id: 'c1Hn8RtZq0', kind: 'build', status: 'failed', errorCode: 'SYNTAX_ERROR' },
    { id: 'b7Yd2KqWm4', status: 'completed', appName: 'stockwatch', result: { artifact: { kind: 'lambda-zip' } } },
  ]);
});

test('apps, which came after release 0.1', async () => {
  const db = testDynamo();
  const table = await tableWith(db, goldenEntities('next').items);
  const app = await new AppStore(db, table).find({ namespace: 'default', name: 'intake' });
  expect(app).toMatchObject({ ofFunction: true, targets: ['lambda'], removing: false, deploy: { state: 'succeeded' } });
  expect(readDeployment(app?.deploy.deployment ?? '')).toMatchObject({
    target: 'lambda',
    app: { namespace: 'default', name: 'intake' },
    functionId: app?.functionId,
    settings: { memoryMb: 256, timeoutSeconds: 30 },
  });
  const store = new CleanUpStore(db, { entities: table, runs: table });
  expect(await store.apps(app?.functionId ?? '')).toEqual([{ namespace: 'default', name: 'intake' }]);
});

test('logs of tasks, which came after release 0.1', async () => {
  const db = testDynamo();
  const logs = new LogStore(db, await tableWith(db, goldenRuns('next').items));
  const seen = async (id: string) => {
    const log = await logs.find('task', id, timeOf('next'));
    const events = log ? await logs.eventsAfter(log, 0, 100) : [];
    return events.map(({ seq, event, data }) => `${seq} ${event} ${String(data['status'] ?? data['line'])}`);
  };
  const completed = await seen('b7Yd2KqWm4');
  expect(completed.slice(0, 3)).toEqual(['1 STATUS pending', '2 STATUS running', '3 LOG 1 file checked: no findings']);
  expect(completed.slice(-3)).toEqual(['13 LOG app.zip: 2148 bytes', '14 STATUS completed', '15 COMPLETE completed']);
  expect((await seen('c1Hn8RtZq0')).at(-1)).toBe('15 COMPLETE failed');
  expect(await seen('e4Wm6NbGj2')).toEqual(['1 STATUS pending']);
});

test('each kind of item that the code stores is in the golden files of the newest release', () => {
  const folder = path.resolve(__dirname, '../../../lambdas');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const kinds = new Set<string>();
  for (const name of sources)
    for (const [, ofWorkspace, other] of readFileSync(path.join(folder, name), 'utf8').matchAll(
      /`\$\{(?:\w+\.)?workspace\}#([A-Z_]+)|[`']([A-Z]{3,})#/g,
    ))
      kinds.add(ofWorkspace ?? other ?? '');
  expect(kinds.size).toBeGreaterThan(15);
  const newest = new Set(
    [...goldenEntities('next').items, ...goldenRuns('next').items, ...goldenDecisions().entities].flatMap((item) =>
      Object.values(item).flatMap((value) => (typeof value === 'string' ? value.split('#') : [])),
    ),
  );
  expect([...kinds].filter((kind) => !newest.has(kind))).toEqual([]);
});
