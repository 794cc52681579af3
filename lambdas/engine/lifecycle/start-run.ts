import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { AppError } from '../../platform/http/errors';
import { endRun } from './end-run';
import { platformError } from '../run/fault';
import type { RunOrder } from '../run/order';
import { prepareRun, type PreparePorts, type RunSpec } from './prepare-run';
import type { Run } from '../run/run';

/** Hands an order to a worker; returns once the order is queued. */
export type Dispatch = (order: RunOrder) => Promise<void>;

export interface StartPorts extends PreparePorts {
  readonly dispatch: Dispatch;
}

/**
 * Starts a run that nobody waits for.
 * @throws AppError `SERVICE_UNAVAILABLE`; then no run goes on
 */
export async function startRun(spec: RunSpec, ports: StartPorts): Promise<Run> {
  const order = await prepareRun(spec, ports);
  try {
    await ports.dispatch({ ...order, queued: true });
  } catch (cause) {
    // The run stands but nobody will take it up: it is ended at once, and the caller may try again.
    await endRun(order.run, platformError('not-started'), ports);
    throw new AppError('SERVICE_UNAVAILABLE', 'There is no capacity at the moment. Try again shortly.', { cause });
  }
  return order.run;
}

/** Queues orders with Lambda: an asynchronous invoke of the runner, which Lambda keeps and retries. */
export const lambdaDispatch =
  (lambda: LambdaClient, runnerFunction: string): Dispatch =>
  async (order) => {
    await lambda.send(
      new InvokeCommand({
        FunctionName: runnerFunction,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(order)),
      }),
    );
  };
