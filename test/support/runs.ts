import { randomUUID } from 'node:crypto';
import type { Blobs } from '../../lambdas/engine/store/blobs';
import type { RunOrder } from '../../lambdas/engine/run/order';
import type { RunStore } from '../../lambdas/engine/store/run-store';
import type { Clock } from '../../lambdas/platform/time/clock';
import { encodeEvent } from '../../lambdas/engine/events/event';
import type { Run } from '../../lambdas/engine/run/run';
import { randomIds } from '../../lambdas/platform/ids';

/** A run as `startRun` would store it. */
export function newTestRun(now: number, change: Partial<Run> = {}): Run {
  return {
    workspace: 'ws-test',
    id: randomIds.next('inv', now),
    room: 'invocations',
    status: 'REQUEST_RECEIVED',
    attempt: 0,
    runtime: 'python3.13',
    requestedRuntime: 'python',
    handler: 'main.handler',
    timeoutMs: 30_000,
    memoryMb: 256,
    envNames: [],
    createdAt: now,
    logsTruncated: false,
    resultTruncated: false,
    lastSeq: 1,
    tailFrom: 1,
    tail: [encodeEvent(['S', now, 'REQUEST_RECEIVED'])],
    deadlineAt: now + 60_000,
    ...change,
  };
}

/** An order for a stored run in a workspace of its own. */
export async function newTestOrder(
  { store, blobs, clock }: { readonly store: RunStore; readonly blobs: Blobs; readonly clock: Clock },
  more: Partial<RunOrder> = {},
): Promise<RunOrder> {
  const run = newTestRun(clock.now(), { workspace: `ws-${randomUUID()}` });
  await store.create(run);
  return {
    run,
    runtime: 'python3.13',
    code: await blobs.putCode(run.workspace, 'def handler(event): pass'),
    entry: { kind: 'handler', module: 'main', function: 'handler', fallbacks: [] },
    convention: 'invocation',
    resultForm: 'response',
    tenant: 'tenant',
    input: { text: '{}' },
    context: {},
    resultBytes: 1000,
    ...more,
  };
}
