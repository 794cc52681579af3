import { claim } from '../../../lambdas/engine/lifecycle/claim';
import { ending } from '../../../lambdas/engine/lifecycle/run-in-sandbox';
import type { RunOrder } from '../../../lambdas/engine/run/order';
import { eventsAfter } from '../../../lambdas/engine/store/read-run';
import { isTerminal, type Outcome } from '../../../lambdas/engine/run/run';
import { StaleAttempt } from '../../../lambdas/engine/store/run-store';
import { cancelJob } from '../../../lambdas/jobs/cancel';
import { executeJob } from '../../../lambdas/jobs/execute';
import { findJob } from '../../../lambdas/jobs/find-job';
import { statusOf } from '../../../lambdas/jobs/job';
import { AppError } from '../../../lambdas/platform/http/errors';
import { openService, upload, type JobsService } from './support';
import { seeded } from '../../support/random';
import { pause } from '../../support/wait';

const ROUNDS = 500;
const SEED = 20_261_121;

/** What a runner does with an order, without the sandbox: claims it, and ends it after a while. */
class Worker {
  readonly started: RunOrder[] = [];
  readonly done: Promise<unknown>[] = [];
  service: JobsService | undefined;
  random: () => number = () => 0;

  readonly dispatch = (order: RunOrder): Promise<void> => {
    this.started.push(order);
    this.done.push(this.#work(order, Math.floor(this.random() * 4), this.random()));
    return Promise.resolve();
  };

  async #work({ run }: RunOrder, delayMs: number, luck: number): Promise<void> {
    if (!this.service) throw new Error('no service');
    const { store, clock } = this.service.ports;
    const claimed = await claim(store, run, 'hand-over', clock);
    if (!claimed) return;
    await pause(delayMs);
    const outcome: Outcome =
      luck < 0.5
        ? { ok: true, resultJson: 'null', resultTruncated: false }
        : { ok: false, errorType: luck < 0.75 ? 'TIMEOUT' : 'RUNTIME_ERROR', errorMessage: 'Error: x' };
    const usage = { cpuMs: 1, maxMemoryBytes: 1, durationMs: 1, coldStart: false };
    await store
      .append(claimed, ...ending(outcome, usage, { truncated: false, tail: [] }, clock.now()))
      .catch((error: unknown) => {
        if (!(error instanceof StaleAttempt)) throw error;
      });
  }
}

const codeOf = (result: PromiseSettledResult<unknown>): string => {
  if (result.status === 'fulfilled') return 'OK';
  if (result.reason instanceof AppError) return result.reason.code;
  throw result.reason;
};

test(`execute, cancel and the end of a run agree in ${ROUNDS} races`, async () => {
  const worker = new Worker();
  const service = await openService(worker.dispatch, () => Promise.resolve({ kind: 'pending' }));
  worker.service = service;
  const { ports, context } = service;
  const numbers = seeded(SEED, 'races');
  const random = (worker.random = () => numbers.fraction());
  const seen = { cancelledBeforeRun: 0, cancelledRunning: 0, cancelTooLate: 0, secondRun: 0 };

  for (let round = 0; round < ROUNDS; round += 1) {
    worker.started.length = worker.done.length = 0;
    const { job_id } = await upload(service);
    const params = { job_id };
    const execute = () => executeJob(ports)({ params, query: {}, body: undefined }, context);
    const cancel = () => cancelJob(ports)({ params, query: undefined, body: undefined }, context);
    const later = async (work: () => Promise<unknown>) => {
      await pause(Math.floor(random() ** 2 * 60));
      return work();
    };
    const executes = Array.from({ length: 2 + Math.floor(random() * 2) }, () => later(execute));
    const cancels = Array.from({ length: 1 + Math.floor(random() * 2) }, () => later(cancel));
    const executed = (await Promise.allSettled(executes)).map(codeOf);
    const cancelled = (await Promise.allSettled(cancels)).map(codeOf);
    await Promise.all(worker.done);

    const job = await findJob(context.principal.workspace, job_id, ports);
    const status = statusOf(job);
    const facts = JSON.stringify({ round, status, executed, cancelled, run: job.record.run });
    // Each execute that was taken is one run, and each run was handed to a worker once.
    expect([facts, job.record.run]).toEqual([facts, executed.filter((code) => code === 'OK').length]);
    expect(new Set(worker.started.map(({ run }) => run.id)).size).toBe(job.record.run);
    expect(executed.every((code) => ['OK', 'JOB_ALREADY_RUNNING', 'JOB_CANCELLED'].includes(code))).toBe(true);
    expect(cancelled.every((code) => ['OK', 'JOB_ALREADY_FINISHED'].includes(code))).toBe(true);
    // A cancel that was answered with success is the last word; without one nothing is cancelled.
    expect([facts, status === 'CANCELLED']).toEqual([facts, cancelled.includes('OK')]);
    if (status === 'CANCELLED') {
      await expect(execute()).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
      expect((await cancel()).body).toMatchObject({ status: 'CANCELLED' });
    }
    for (const [index, order] of worker.started.entries()) {
      const run = await ports.store.get(order.run.workspace, order.run.id, ports.clock.now());
      if (!run) throw new Error('a run is gone');
      // Only the newest may have been cancelled, and each came to one end.
      if (index < worker.started.length - 1) expect([facts, run.errorType]).not.toEqual([facts, 'CANCELLED']);
      expect(isTerminal(run.status)).toBe(true);
      const events = await eventsAfter(run, 0, 100, ports);
      expect(events.filter(({ event }) => event === 'COMPLETE')).toHaveLength(1);
    }
    if (status === 'CANCELLED') seen[job.run ? 'cancelledRunning' : 'cancelledBeforeRun'] += 1;
    if (cancelled.includes('JOB_ALREADY_FINISHED')) seen.cancelTooLate += 1;
    if (job.record.run > 1) seen.secondRun += 1;
  }
  // The races were races: each way they can go was met often.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(ROUNDS / 100);
}, 600_000);

test('of many that execute at once, one starts a run, and an earlier run is still found', async () => {
  const orders: RunOrder[] = [];
  const service = await openService(
    (order) => {
      orders.push(order);
      return Promise.resolve();
    },
    () => Promise.resolve({ kind: 'pending' }),
  );
  const { ports, context } = service;
  const { job_id } = await upload(service);
  for (let number = 1; number <= 3; number += 1) {
    const executes = Array.from({ length: 8 }, () =>
      executeJob(ports)({ params: { job_id }, query: {}, body: undefined }, context),
    );
    const codes = (await Promise.allSettled(executes)).map(codeOf).sort();
    expect(codes).toEqual([...Array.from({ length: 7 }, () => 'JOB_ALREADY_RUNNING'), 'OK']);
    const order = orders.at(-1);
    if (!order || orders.length !== number) throw new Error('not one order');
    await ports.store.append(
      order.run,
      ...ending(
        { ok: true, resultJson: 'null', resultTruncated: false },
        { cpuMs: 1, maxMemoryBytes: 1, durationMs: 1, coldStart: false },
        { truncated: false, tail: [] },
        ports.clock.now(),
      ),
    );
  }
  const { record } = await findJob(context.principal.workspace, job_id, ports);
  expect(await Promise.all([1, 2, 3, 4].map((run) => ports.jobs.runIdOf(record, run)))).toEqual([
    ...orders.map(({ run }) => run.id),
    undefined,
  ]);
});
