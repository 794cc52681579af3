import { createHash } from 'node:crypto';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Clock } from '../platform/clock';
import { AppError } from '../platform/errors';
import type { Ids } from '../platform/ids';
import type { Blobs } from './blobs';
import { encodeEvent } from './event';
import type { Envelope } from './envelope';
import { DEADLINES } from './limits';
import { INLINE_EVENT_BYTES, type RunOrder } from './order';
import { NO_USAGE, type Run } from './run';
import { RUN_PREFIX } from './run-keys';
import type { RunStore } from './run-store';
import type { Runtime } from './runtimes';

/** What a room wants run. */
export interface RunSpec {
  readonly workspace: string;
  readonly room: string;
  /** What shares sandbox environments with this run, beside the workspace: a function, or all snippets of a workspace. */
  readonly tenantOf: string;
  readonly code: string;
  readonly runtime: Runtime;
  /** What was asked for, verbatim. */
  readonly requestedRuntime: string;
  /** As shown in the record. */
  readonly handler: string;
  readonly entry: RunOrder['entry'];
  readonly convention: RunOrder['convention'];
  /** The handler's first argument. */
  readonly event: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly resultBytes: number;
  readonly batchId?: string | undefined;
}

export interface StartPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: RunStore;
  readonly blobs: Blobs;
  readonly envelope: Envelope;
  readonly dispatch: Dispatch;
}

/** Hands an order to a worker; returns once the order is queued. */
export type Dispatch = (order: RunOrder) => Promise<void>;

/**
 * Stores a run and queues it. Once this returns, the run can be read and will end, whatever happens to its workers.
 * @throws AppError `SERVICE_UNAVAILABLE`; then no run goes on
 */
export async function startRun(spec: RunSpec, ports: StartPorts): Promise<Run> {
  const now = ports.clock.now();
  const run = newRun(spec, ports.ids.next(RUN_PREFIX, now), now);
  const json = JSON.stringify(spec.event);
  const [code, event, env] = await Promise.all([
    ports.blobs.putCode(run.workspace, spec.code),
    Buffer.byteLength(json) <= INLINE_EVENT_BYTES
      ? { json }
      : ports.blobs.putPayload(run.workspace, run.id, json).then((key) => ({ key })),
    run.envNames.length > 0 ? ports.envelope.seal(run.id, spec.env) : undefined,
  ]);
  await ports.store.create(run);
  const { name: runtime } = spec.runtime;
  const context = { invocationId: run.id, runtime, memoryMb: run.memoryMb, timeoutMs: run.timeoutMs };
  const tenant = tenantId(run.workspace, spec.tenantOf);
  const { entry, convention, resultBytes } = spec;
  try {
    await ports.dispatch({
      run,
      runtime,
      code,
      entry,
      convention,
      tenant,
      event,
      context,
      resultBytes,
      ...(env && { env }),
    });
  } catch (cause) {
    // The run stands but nobody will take it up: it is ended at once, and the caller may try again.
    await ports.store.append(
      run,
      [
        ['S', now, 'FAILED'],
        ['C', now],
      ],
      {
        status: 'FAILED',
        finishedAt: now,
        errorType: 'PLATFORM_ERROR',
        errorMessage: 'The run could not be queued; submit it again.',
        usage: NO_USAGE,
      },
    );
    throw new AppError('SERVICE_UNAVAILABLE', 'There is no capacity at the moment. Try again shortly.', { cause });
  }
  return run;
}

function newRun(spec: RunSpec, id: string, now: number): Run {
  const { workspace, room, requestedRuntime, handler, timeoutMs, memoryMb, batchId } = spec;
  return {
    workspace,
    id,
    room,
    requestedRuntime,
    handler,
    timeoutMs,
    memoryMb,
    runtime: spec.runtime.name,
    status: 'REQUEST_RECEIVED',
    attempt: 0,
    envNames: Object.keys(spec.env),
    ...(batchId !== undefined && { batchId }),
    createdAt: now,
    logsTruncated: false,
    resultTruncated: false,
    lastSeq: 1,
    tailFrom: 1,
    tail: [encodeEvent(['S', now, 'REQUEST_RECEIVED'])],
    deadlineAt: now + DEADLINES.queuedMs,
  };
}

/** Name of an isolated set of sandbox environments: says nothing about whose it is. */
const tenantId = (workspace: string, owner: string): string =>
  createHash('sha256').update(`${workspace}\n${owner}`).digest('hex').slice(0, 40);

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
