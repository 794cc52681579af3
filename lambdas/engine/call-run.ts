import { setTimeout } from 'node:timers/promises';
import { InvokeCommand, TooManyRequestsException, type LambdaClient } from '@aws-sdk/client-lambda';
import { AppError } from '../platform/errors';
import { endRun } from './end-run';
import { NO_CAPACITY, WORKER_LOST } from './follow';
import { MAX_ATTEMPTS } from './limits';
import type { RunOrder } from './order';
import { prepareRun, type PreparePorts, type RunSpec } from './prepare-run';
import { isTerminal, Run } from './run';

/** What came of handing an order to a worker and waiting for it. */
export type Called =
  | { readonly kind: 'ended'; readonly run: Run }
  /** The worker left the run to somebody else: it was cancelled, or another worker has it. */
  | { readonly kind: 'left' }
  /** The worker goes on; the time to wait is over. */
  | { readonly kind: 'pending' }
  /** The worker died. */
  | { readonly kind: 'lost' }
  /** No worker was to be had. */
  | { readonly kind: 'full' };

/** Hands an order to a worker and waits for at most so many milliseconds; the worker does not stop when we do. */
export type Call<Order = RunOrder> = (order: Order, waitMs: number) => Promise<Called>;

export interface CallPorts extends PreparePorts {
  readonly call: Call;
}

/** No worker was to be had: the run is over before it began. */
export class NoCapacity extends AppError {
  readonly run: Run;

  constructor(run: Run) {
    super('SERVICE_UNAVAILABLE', 'There is no capacity at the moment. Try again shortly.');
    this.run = run;
  }
}

/**
 * Runs something for a caller who waits. The record and the stream are those of any run.
 * @param waitMs how long the caller waits; the run goes on beyond that
 * @returns the run as it ended, or as it stands when the caller waits no longer
 * @throws NoCapacity when no worker was to be had, AppError `SERVICE_UNAVAILABLE` when the store fails; then no run goes on
 */
export async function callRun(spec: RunSpec, waitMs: number, ports: CallPorts): Promise<Run> {
  const waitUntil = ports.clock.now() + waitMs;
  const order = await prepareRun(spec, ports);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const called = await ports.call(order, Math.max(0, waitUntil - ports.clock.now()));
    switch (called.kind) {
      case 'ended':
        return called.run;
      case 'pending':
        return current(order, ports);
      case 'left':
        return waitForEnd(order, waitUntil, ports);
      case 'full':
        throw new NoCapacity(await endRun(order.run, 'PLATFORM_ERROR', NO_CAPACITY, ports));
      case 'lost': {
        // Its worker is known to be dead: nobody else will end a run that was started already.
        const run = await current(order, ports);
        if (isTerminal(run.status)) return run;
        if (run.status === 'EXECUTING' || attempt === MAX_ATTEMPTS)
          return endRun(run, 'PLATFORM_ERROR', WORKER_LOST, ports);
      }
    }
  }
  return current(order, ports);
}

const current = async ({ run }: RunOrder, { store, clock }: CallPorts): Promise<Run> =>
  (await store.get(run.workspace, run.id, clock.now())) ?? run;

async function waitForEnd(order: RunOrder, waitUntil: number, ports: CallPorts): Promise<Run> {
  let run = await current(order, ports);
  while (!isTerminal(run.status) && ports.clock.now() < waitUntil) {
    await setTimeout(50);
    run = await current(order, ports);
  }
  return run;
}

/** Waits for a worker with a synchronous invoke: the runner, or one that answers with the record as the runner does. */
export const lambdaCall =
  <Order = RunOrder>(lambda: LambdaClient, workerFunction: string): Call<Order> =>
  async (order, waitMs) => {
    const signal = AbortSignal.timeout(Math.ceil(waitMs));
    try {
      const reply = await lambda.send(
        new InvokeCommand({ FunctionName: workerFunction, Payload: Buffer.from(JSON.stringify(order)) }),
        { abortSignal: signal },
      );
      if (reply.FunctionError !== undefined) return { kind: 'lost' };
      const run = Run.nullable().parse(JSON.parse(Buffer.from(reply.Payload ?? []).toString('utf8') || 'null'));
      return run ? { kind: 'ended', run } : { kind: 'left' };
    } catch (error) {
      if (signal.aborted) return { kind: 'pending' };
      if (error instanceof TooManyRequestsException) return { kind: 'full' };
      throw error;
    }
  };
