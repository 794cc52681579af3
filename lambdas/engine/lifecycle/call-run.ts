import { setTimeout } from 'node:timers/promises';
import {
  InvokeCommand,
  LambdaServiceException,
  TooManyRequestsException,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { isNotStarted } from '../../platform/aws/not-started';
import { mayHaveStarted } from './claim';
import { endRun } from './end-run';
import { platformError } from '../run/fault';
import { MAX_ATTEMPTS } from '../run/limits';
import type { RunOrder } from '../run/order';
import { prepareRun, type PreparePorts, type RunSpec } from './prepare-run';
import type { ReportFault } from './report-fault';
import { isTerminal, Run } from '../run/run';

/** What came of handing an order to a worker and waiting for it. */
export type Called =
  | { readonly kind: 'ended'; readonly run: Run }
  /** The worker left the run to somebody else: it was cancelled, or another worker has it. */
  | { readonly kind: 'left' }
  /** The worker goes on; the time to wait is over. */
  | { readonly kind: 'pending' }
  /** The worker died. */
  | { readonly kind: 'lost' }
  /** The connection to it broke: it may go on, or never have begun. */
  | { readonly kind: 'unknown' }
  /** No worker was to be had; nothing was started. */
  | { readonly kind: 'full' };

/** Hands an order to a worker and waits for at most so many milliseconds; the worker does not stop when we do. */
export type Call<Order = RunOrder> = (order: Order, waitMs: number) => Promise<Called>;

export interface CallPorts extends PreparePorts {
  readonly call: Call;
}

export interface Patience {
  /** Milliseconds that the caller waits; what has been started goes on beyond that. */
  readonly waitMs: number;
  /** Whether a run that was not started by then is ended: its caller takes it for one that never ran. */
  readonly endUnstarted: boolean;
}

/**
 * Runs something for a caller who waits. The record and the stream are those of any run.
 * @returns the run as it ended, or as it stands when the caller waits no longer. Where no worker was to be had it has ended
 * (`neverRan`)
 * @throws AppError `SERVICE_UNAVAILABLE` when the store fails; then no run goes on
 */
export async function callRun(spec: RunSpec, patience: Patience, ports: CallPorts): Promise<Run> {
  const waitUntil = ports.clock.now() + patience.waitMs;
  const order = await prepareRun(spec, ports);
  const run = await callWorkers(order, waitUntil, ports);
  const isLeftWaiting = !isTerminal(run.status) && !mayHaveStarted(run);
  return patience.endUnstarted && isLeftWaiting ? endRun(run, platformError('not-started'), ports) : run;
}

async function callWorkers(order: RunOrder, waitUntil: number, ports: CallPorts): Promise<Run> {
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
        return endRun(order.run, platformError('no-capacity'), ports);
      case 'unknown': {
        // Another worker does no harm: of all that have the order, one gets to start the code.
        const run = await current(order, ports);
        if (isTerminal(run.status)) return run;
        if (mayHaveStarted(run)) return waitForEnd(order, waitUntil, ports);
        if (attempt === MAX_ATTEMPTS) return endRun(run, platformError('worker-lost'), ports);
        break;
      }
      case 'lost': {
        // Its worker is known to be dead: nobody else will end a run that was started already.
        const run = await current(order, ports);
        if (isTerminal(run.status)) return run;
        if (mayHaveStarted(run) || attempt === MAX_ATTEMPTS) return endRun(run, platformError('worker-lost'), ports);
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

/** The request itself was refused, and would be again: there is no such function, or it may not be invoked. */
const isOurMistake = (error: unknown): boolean => error instanceof LambdaServiceException && error.$fault === 'client';

/** How often a worker that cannot be reached yet is asked again. */
const MAX_TRIES = 4;

/** Waits for a worker with a synchronous invoke: the runner, or one that answers with the record as the runner does. */
export const lambdaCall =
  <Order extends { readonly run: Run } = RunOrder>(
    lambda: LambdaClient,
    workerFunction: string,
    report: ReportFault,
  ): Call<Order> =>
  async (order, waitMs) => {
    const signal = AbortSignal.timeout(Math.ceil(waitMs));
    const command = new InvokeCommand({ FunctionName: workerFunction, Payload: Buffer.from(JSON.stringify(order)) });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const reply = await lambda.send(command, { abortSignal: signal });
        const payload = Buffer.from(reply.Payload ?? []).toString('utf8');
        if (reply.FunctionError !== undefined) {
          report('WorkerLost', order.run.id, new Error(`${reply.FunctionError}: ${payload.slice(0, 500)}`));
          return { kind: 'lost' };
        }
        const run = Run.nullable().parse(JSON.parse(payload || 'null'));
        return run ? { kind: 'ended', run } : { kind: 'left' };
      } catch (error) {
        if (signal.aborted) return { kind: 'pending' };
        const isRefused = isNotStarted(error);
        const isStarted = !isRefused && !isOurMistake(error);
        // A platform that is full says so to this caller at once; others wait for their own workers.
        if (!isRefused || error instanceof TooManyRequestsException || attempt === MAX_TRIES) {
          report(isStarted ? 'WorkerLost' : 'WorkerRefused', order.run.id, error);
          return { kind: isStarted ? 'unknown' : 'full' };
        }
        await setTimeout(Math.random() * 100 * 2 ** attempt, undefined, { signal }).catch(() => undefined);
      }
    }
  };
