import { Blobs } from '../../../lambdas/engine/store/blobs';
import { CANCELLED, endRun } from '../../../lambdas/engine/lifecycle/end-run';
import { readRunCounts } from '../../../lambdas/engine/store/run-counters';
import { eventsAfter } from '../../../lambdas/engine/store/read-run';
import { isTerminal } from '../../../lambdas/engine/run/run';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { ENDED_BY_OWNER, endedOfOwner } from '../../../lambdas/engine/run/run-keys';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { toInvocation } from '../../../lambdas/invocations/view';
import { createBucket, testDynamo, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { goldenEntities, goldenRuns, named, RELEASES, tableWith, timeOf } from './support';

describe.each(RELEASES)('runs that release %s stored', (release) => {
  const db = testDynamo();
  const s3 = testS3();
  const clock = testClock(timeOf(release));
  const { named: names, items } = goldenRuns(release);
  const records = items.filter(({ pk }) => pk.includes('#RUNS#'));
  const workspace = 'ws-default';
  let table: string;
  let store: RunStore;
  let blobs: Blobs;

  beforeAll(async () => {
    table = await tableWith(db, items);
    store = new RunStore(db, table);
    blobs = new Blobs(s3, await createBucket(s3), clock);
  });

  async function read(name: string) {
    const run = await store.get(workspace, named(names, name), clock.now());
    if (!run) throw new Error(`No run ${name}`);
    const events = await eventsAfter(run, 0, 1_000, { store, blobs });
    const lines = events.flatMap(({ event, data }) => (event === 'LOG' ? [data['line']] : []));
    return { run, events, lines, view: await toInvocation(run, { blobs }) };
  }

  test('have a log without a gap', async () => {
    expect(records.length).toBeGreaterThan(15);
    for (const { pk, sk } of records) {
      const run = await store.get(pk.slice(0, pk.indexOf('#')), sk, clock.now());
      if (!run) throw new Error(`No run ${sk}`);
      if (run.resultStored) await blobs.putResult(run.workspace, run.id, '{"statusCode":200,"body":"z"}');
      const events = await eventsAfter(run, 0, 1_000, { store, blobs });
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: run.lastSeq }, (_, index) => index + 1));
      expect(events.at(-1)?.event === 'COMPLETE').toBe(isTerminal(run.status));
    }
  });

  test('completed', async () => {
    const { view, lines } = await read('completed-python');
    expect(view).toMatchObject({
      status: 'COMPLETED',
      runtime: 'python3.13',
      requestedRuntime: 'python',
      envNames: ['GREETING'],
      result: { statusCode: 200, body: '{"hello":"Ada"}' },
    });
    expect(lines).toEqual(['hello Ada']);
  });

  test('failed', async () => {
    expect((await read('failed-python')).view).toMatchObject({
      status: 'FAILED',
      errorType: 'RUNTIME_ERROR',
      errorMessage: expect.stringContaining('KeyError') as unknown,
      logsTail: expect.arrayContaining(['before']) as unknown,
    });
    expect((await read('failed-node')).run).toMatchObject({ errorName: 'TypeError' });
    expect((await read('timed-out')).view).toMatchObject({ status: 'FAILED', errorType: 'TIMEOUT' });
  });

  test('printed more than an item holds, and lines that were cut', async () => {
    const { run, lines } = await read('chunked');
    expect(run.tailFrom).toBeGreaterThan(1);
    expect(lines).toEqual(Array.from({ length: 60 }, (_, number) => `${number} ${'y'.repeat(90)}`));
    const { events } = await read('completed-node-cut-line');
    expect(events.some(({ data }) => JSON.stringify(data['payload']).endsWith('"truncated":true}'))).toBe(true);
  });

  test('have a large result in the bucket', async () => {
    const id = named(names, 'large-result');
    await blobs.putResult(workspace, id, JSON.stringify({ statusCode: 200, body: 'z'.repeat(9_000) }));
    expect((await read('large-result')).view.result).toEqual({ statusCode: 200, body: 'z'.repeat(9_000) });
  });

  test('are listed, also by their end, and counted', async () => {
    const { ws, fn } = goldenEntities(release).named;
    const index = new RunIndex(db, table);
    const { runs } = await index.list(workspace, { service: 'invocations' }, 100, undefined, clock.now());
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.values(names)));
    const ended = [];
    for await (const page of index.ended({ index: ENDED_BY_OWNER, partition: endedOfOwner(ws, fn) }, 10))
      ended.push(...page);
    expect(await index.read(ended, clock.now())).toMatchObject([{ owner: fn, status: 'COMPLETED' }]);
    expect(await readRunCounts(db, table, ws, fn, clock.now())).toMatchObject({ invocations: 1, errors: 0 });
  });

  test('that are open are found when their time is over, and ended', async () => {
    const overdue = await new RunIndex(db, table).overdue(clock.now() + 3_600_000);
    expect(overdue.map(({ id }) => id)).toEqual([named(names, 'executing')]);
    const { run } = await read('executing');
    await endRun(run, CANCELLED, { store, blobs, clock });
    const { view, events } = await read('executing');
    expect(view).toMatchObject({ status: 'FAILED', errorType: 'CANCELLED' });
    expect(events.at(-1)?.event).toBe('COMPLETE');
  });
});
