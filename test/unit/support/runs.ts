import { encodeEvent } from '../../../lambdas/engine/event';
import type { Run } from '../../../lambdas/engine/run';
import { randomIds } from '../../../lambdas/platform/ids';

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
