import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { compileRun, type Compiled } from '../../../../lambdas/decisions/compile/compile-run';
import { sweep } from '../../../../lambdas/decisions/compile/look-after';
import { DECISION_LOG, RUN_SILENCE_MS } from '../../../../lambdas/decisions/limits';
import type { DecisionPlace } from '../../../../lambdas/decisions/store/audit';
import { testDynamo } from '../../../support/aws';
import { ISSUES } from '../issues';
import { ALL_ROWS, bench, rowsOf, workerPorts, type Bench } from './support';

/**
 * A worker that dies before or after each of its writes, or whose write arrives while its answer does not. Whatever happens,
 * a run has one end, and its events have no gap (docs/contracts/decisions.md#state-machines).
 */

let on: Bench;
beforeAll(async () => {
  on = await bench();
});

class WorkerKilled extends Error {}
type Moment = 'before' | 'after' | 'unanswered';

/** A client whose `fatal`th write goes wrong; of one that died nothing comes any more. */
function mortal(fatal: number, moment: Moment): { readonly db: DynamoDBDocumentClient; readonly writes: () => number } {
  const client = testDynamo();
  const forward = client.send.bind(client) as (...all: unknown[]) => Promise<unknown>;
  let [writes, dead] = [0, false];
  const send = async (...args: unknown[]): Promise<unknown> => {
    if (dead) throw new WorkerKilled();
    const changes = /^(Put|Update|Delete|Transact)/.test((args[0] as object).constructor.name);
    if (!changes || (writes += 1) !== fatal) return forward(...args);
    if (moment === 'unanswered') {
      await forward(...args);
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    }
    dead = true;
    if (moment === 'after') await forward(...args);
    throw new WorkerKilled();
  };
  const db = new Proxy(client, {
    get: (target, name) => (name === 'send' ? send : (Reflect.get(target, name) as unknown)),
  });
  return { db, writes: () => writes };
}

const work = (place: DecisionPlace, db: DynamoDBDocumentClient): Promise<Compiled | 'died'> =>
  compileRun(place, workerPorts(db, on.tables, on.clock, { report: () => undefined })).catch(() => 'died' as const);

/** How many writes a run takes. */
async function writesOf(issue: keyof typeof ISSUES): Promise<number> {
  const { db, writes } = mortal(Infinity, 'before');
  expect(await work(await on.submit(ISSUES[issue]), db)).toBe('completed');
  return writes();
}

async function expectOneEnd(place: DecisionPlace): Promise<void> {
  const [run, card, events, audited] = [
    await on.run(place),
    await on.ports.store.card(place),
    await on.events(place),
    await on.audited(place),
  ];
  const log = await on.ports.logs.find(DECISION_LOG, run.id, on.clock.now());
  expect(log).toMatchObject({ over: true, lastSeq: events.length });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const ends = audited.filter((type) => type === 'RUN_COMPLETED' || type === 'RUN_FAILED');
  const finals = events.filter(({ event }) => event === 'error' || event === 'decision_card.assigned');
  expect(finals).toEqual(events.slice(-1));
  if (run.status === 'COMPLETED') {
    expect(rowsOf(events)).toEqual(ALL_ROWS);
    expect(ends).toEqual(['RUN_COMPLETED']);
    expect(card?.id).toBe(run.cardId);
  } else {
    expect(run.status).toBe('FAILED');
    expect(finals[0]).toMatchObject({ event: 'error', data: { recoverable: true } });
    expect(rowsOf(events).slice(0, -1)).toEqual(ALL_ROWS.slice(0, rowsOf(events).length - 1));
    expect(ends).toEqual(['RUN_FAILED']);
    expect(audited.filter((type) => type === 'SYSTEM_ERROR')).toHaveLength(1);
    expect(card).toBeUndefined();
  }
  expect(await on.ports.openRuns.find(place)).toBeUndefined();
}

describe.each(['before', 'after'] as const)('a worker that dies %s a write arrives', (moment) => {
  test.each(['A', 'D'] as const)('leaves a run of issue %s with one end, at each write', async (issue) => {
    const count = await writesOf(issue);
    expect(count).toBeGreaterThan(10);
    const ends = new Set<string>();
    for (let fatal = 1; fatal <= count; fatal += 1) {
      const place = await on.submit(ISSUES[issue]);
      await work(place, mortal(fatal, moment).db);
      // Another start comes too late, or takes up what was not begun.
      await compileRun(place, on.ports);
      on.clock.advance(RUN_SILENCE_MS);
      await sweep(on.ports, () => 60_000);
      await expectOneEnd(place);
      ends.add((await on.run(place)).status);
      const card = await on.ports.store.card(place);
      if (issue === 'D' && card) expect(card.approvedBy).toBe('system');
    }
    expect([...ends].sort()).toEqual(['COMPLETED', 'FAILED']);
  });
});

test('a worker goes on when a write has arrived and its answer has not, at each write', async () => {
  const count = await writesOf('A');
  for (let fatal = 1; fatal <= count; fatal += 1) {
    const place = await on.submit();
    const came = await work(place, mortal(fatal, 'unanswered').db);
    if (came !== 'completed') {
      // The one that begins cannot know that it was itself who began.
      expect([came, (await on.events(place)).length]).toEqual(['died', 1]);
      on.clock.advance(RUN_SILENCE_MS);
      await sweep(on.ports, () => 60_000);
    }
    await expectOneEnd(place);
  }
});

test('a worker that was declared lost writes nothing more, and is not heard of', async () => {
  const place = await on.submit();
  const provider = on.ports.provider('rules');
  const came = await compileRun(place, {
    ...on.ports,
    provider: () => ({
      ...provider,
      compose: async (question, call) => {
        on.clock.advance(RUN_SILENCE_MS);
        await sweep(on.ports, () => 60_000);
        return provider.compose(question, call);
      },
    }),
  });
  expect(came).toBe('lost');
  expect((await on.run(place)).status).toBe('FAILED');
  expect((await on.events(place)).at(-1)).toMatchObject({ event: 'error', data: { stage: 'decision_card' } });
  await expectOneEnd(place);
});

test('the sweep leaves alone what is on its way, and stops when its own time is over', async () => {
  const place = await on.submit();
  expect((await sweep(on.ports, () => 60_000)).open).toBeGreaterThan(0);
  expect(await sweep(on.ports, () => 0)).toEqual({ closed: 0, open: 0 });
  expect((await on.run(place)).status).toBe('PENDING');
  await compileRun(place, on.ports);
  await expectOneEnd(place);
});
