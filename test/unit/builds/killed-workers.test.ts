import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { buildHandlers } from '../../../lambdas/builds/build/handlers';
import { appBuilds } from '../../../lambdas/builds/build/pipeline';
import type { BuilderPorts } from '../../../lambdas/builds/build/ports';
import { BuildStore } from '../../../lambdas/builds/build/store';
import { TASK_DEADLINE_MS } from '../../../lambdas/builds/limits';
import { CredentialStore } from '../../../lambdas/builds/request/credentials';
import { currentTask } from '../../../lambdas/builds/task/read-tasks';
import { newTask, type TaskRecord } from '../../../lambdas/builds/task/task';
import { TASK_LOG } from '../../../lambdas/builds/task/task-events';
import { TaskStore } from '../../../lambdas/builds/task/task-store';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { LogStore } from '../../../lambdas/engine/store/log-store';
import { dispatcher } from '../../../lambdas/platform/pipeline/dispatcher';
import { createBucket, createKey, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { ADAPTER_SOURCES } from './support';

/**
 * Workers that die at every call that changes something, before it arrives and after. A state machine does their step
 * again: whatever the moment, the task ends once, and its events say what it says (docs/contracts/builds.md#deadline).
 */

const db = testDynamo();
const s3 = testS3();
const clock = testClock();
const kms = testKms();
const FINDINGS = { ok: true, syntax: [], types: ['app.py:1:1: error: a'], truncated: false };
let table: string;
let bucket: string;
let key: string;
let count = 0;

beforeAll(async () => {
  table = await createTable(db);
  bucket = await createBucket(s3);
  key = await createKey(kms);
});

class WorkerKilled extends Error {}

/** Lets a worker make so many changes, and kills it at the next. */
class Life {
  #changes = 0;
  #over = false;

  constructor(
    readonly lastChange: number,
    readonly moment: 'before' | 'after',
  ) {}

  get over(): boolean {
    return this.#over;
  }

  async change<T>(make: () => Promise<T>): Promise<T> {
    if (this.#over) throw new WorkerKilled();
    this.#changes += 1;
    if (this.#changes !== this.lastChange) return make();
    this.#over = true;
    if (this.moment === 'after') await make();
    throw new WorkerKilled();
  }

  client<C extends DynamoDBDocumentClient | S3Client>(client: C): C {
    const forward = client.send.bind(client) as (...all: unknown[]) => Promise<unknown>;
    const send = async (...args: unknown[]): Promise<unknown> => {
      const changes = /^(Put|Update|Delete|Transact)/.test((args[0] as object).constructor.name);
      if (this.#over) throw new WorkerKilled();
      return changes ? this.change(() => forward(...args)) : forward(...args);
    };
    return new Proxy(client, {
      get: (target, name) => (name === 'send' ? send : (Reflect.get(target, name) as unknown)),
    });
  }
}

/** A worker of its own. */
function worker(life: Life) {
  const store = life.client(db);
  const ports: BuilderPorts = {
    clock,
    tasks: new TaskStore(store, table, new LogStore(store, table)),
    store: new BuildStore(life.client(s3), bucket),
    credentials: new CredentialStore(store, table, new Envelope(kms, key, clock)),
    publish: () => life.change(() => Promise.resolve({ digest: `sha256:${'a'.repeat(64)}`, uploaded: 1 })),
    adapter: ADAPTER_SOURCES,
  };
  return dispatcher(appBuilds, buildHandlers(ports));
}
const immortal = (): Life => new Life(Infinity, 'before');
const logs = (): LogStore => new LogStore(db, table);
const tasks = (): TaskStore => new TaskStore(db, table, logs());

async function newOne(): Promise<TaskRecord> {
  count += 1;
  const push = { host: 'registry.example.com', repository: 'app', tag: null, ownEcr: false, hasCredentials: false };
  const task = newTask(
    {
      ...{ id: `t${count}`, workspace: `ws-${count}`, kind: 'build-and-push', appName: 'app', target: 'lambda' },
      ...{ typeCheck: 'warn', warnings: [], ignoredFields: [], upload: { sha256: 'c'.repeat(64) }, push },
    },
    clock.now(),
  );
  await tasks().insert(task);
  await new BuildStore(s3, bucket).putSource(task, new Map([['app.py', Buffer.from('x = 1\n')]]));
  return task;
}

const STEPS = [
  ['begin', {}],
  ['judge', { findings: FINDINGS, module: 'app' }],
  ['push', { tries: 0 }],
] as const;

/** The steps of a task, by one worker that may die, and by another for what it left. @returns where it died */
async function worked(task: TaskRecord, life: Life): Promise<string | undefined> {
  const [mortal, next] = [worker(life), worker(immortal())];
  let died: string | undefined;
  for (const [step, input] of STEPS) {
    const event = { step, order: { version: 1, task: task.id }, ...input };
    await (died === undefined ? mortal(event) : next(event)).catch(async (error: unknown) => {
      if (!life.over) throw error;
      died = step;
      await next(event);
    });
  }
  return died;
}

async function told(task: TaskRecord) {
  const log = await logs().find(TASK_LOG, task.id, clock.now());
  return log ? logs().eventsAfter(log, 0, 1_000) : [];
}

const CHANGES = [1, 2, 3, 4, 5, 6];

test('there is a death in every step', async () => {
  const steps = new Set<string | undefined>();
  for (const change of [...CHANGES, CHANGES.length + 1])
    steps.add(await worked(await newOne(), new Life(change, 'before')));
  expect([...steps]).toEqual(['begin', 'judge', 'push', undefined]);
});

describe.each(['before', 'after'] as const)('a worker that dies %s a change arrives', (moment) => {
  test.each(CHANGES)('leaves a task that the next one ends, at change %i', async (change) => {
    const task = await newOne();
    await worked(task, new Life(change, moment));
    const ended = await tasks().find(task.id);
    expect(ended).toMatchObject({ status: 'completed', stage: 'finished', warnings: FINDINGS.types });
    const events = await told(task);
    const statuses = events.flatMap(({ event, data }) => (event === 'STATUS' ? [JSON.stringify(data['payload'])] : []));
    expect(new Set(statuses).size).toBe(statuses.length);
    expect(events.filter(({ event }) => event === 'COMPLETE')).toHaveLength(1);
    expect(events.at(-1)?.data['payload']).toMatchObject({ status: 'completed', result: ended?.result });
  });

  test.each(STEPS.map(([step]) => step))(
    'leaves one that fails by its deadline if nobody comes after %s',
    async (step) => {
      const task = await newOne();
      const index = STEPS.findIndex(([name]) => name === step);
      const before = worker(immortal());
      for (const [name, input] of STEPS.slice(0, index))
        await before({ step: name, order: { version: 1, task: task.id }, ...input });
      const last = { step, order: { version: 1, task: task.id }, ...STEPS[index]?.[1] };
      await expect(worker(new Life(1, moment))(last)).rejects.toThrow();
      expect(await tasks().find(task.id)).toMatchObject({
        status: expect.stringMatching(/pending|running/) as unknown,
      });
      clock.advance(TASK_DEADLINE_MS);
      const ended = await currentTask(task.id, { tasks: tasks(), clock });
      expect(ended).toMatchObject({ status: 'failed', errorCode: 'BUILD_TIMEOUT' });
      expect((await told(task)).at(-1)).toMatchObject({ event: 'COMPLETE', data: { status: 'failed' } });
    },
  );
});
