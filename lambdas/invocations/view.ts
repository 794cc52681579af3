import { iso, isoOrNull } from '../platform/time/clock';
import { isTerminal, publicResult, publicUsage, type ReadPorts, resultOf, type Run } from '../engine';
import type { Invocation, Summary } from './contract';

/** A run as the invocations API shows it in lists (docs/contracts/invocations.md#resources, #endpoints). */
export function toSummary(run: Run): Summary {
  const over = isTerminal(run.status);
  return {
    invocationId: run.id,
    status: run.status,
    runtime: run.runtime,
    requestedRuntime: run.requestedRuntime,
    runtimeVersion: run.runtimeVersion ?? null,
    handler: run.handler,
    timeoutMs: run.timeoutMs,
    memoryMb: run.memoryMb,
    batchId: run.batchId ?? null,
    createdAt: iso(run.createdAt),
    startedAt: isoOrNull(run.startedAt),
    finishedAt: isoOrNull(run.finishedAt),
    durationMs: over ? (run.usage?.durationMs ?? 0) : null,
    errorType: run.errorType ?? null,
    errorMessage: run.errorMessage ?? null,
    usage: publicUsage(run.usage) ?? null,
    truncated: { logs: run.logsTruncated, result: run.resultTruncated },
    lastSeq: run.lastSeq,
  };
}

/** A run as it is read alone. */
export async function toInvocation(run: Run, ports: Pick<ReadPorts, 'blobs'>): Promise<Invocation> {
  const json = run.status === 'COMPLETED' ? await resultOf(run, ports) : undefined;
  const shown = json === undefined ? undefined : publicResult(json);
  const summary = toSummary(run);
  return {
    ...summary,
    truncated: { ...summary.truncated, result: run.resultTruncated || shown?.cut === true },
    envNames: run.envNames,
    result: shown?.result ?? null,
    logsTail: run.status === 'FAILED' ? (run.logsTail ?? []) : [],
  };
}
