import { traceIdOf } from '../../platform/trace-context';
import { writeLine } from '../../platform/write-line';
import { faultOf } from '../run/fault';
import { wallMs, type Run } from '../run/run';

/** Tells operators how a run has ended. Never throws. */
export type ReportEnd = (run: Run) => void;

const NAMESPACE = 'Narae';
const DIMENSIONS = ['service', 'stage'] as const;

type Outcome = 'completed' | 'failed' | 'platform-error' | 'cancelled';

/** Metric of each outcome: counts of the stage by service. */
const COUNTERS: Readonly<Record<Outcome, string>> = {
  completed: 'RunsCompleted',
  failed: 'RunsFailed',
  'platform-error': 'RunsPlatformError',
  cancelled: 'RunsCancelled',
};

/**
 * One structured line for each run that ends, in the log of whoever ended it, which CloudWatch also reads metrics from (EMF):
 * counts by outcome, `RunDuration` and `RunQueueTime` in milliseconds, `RunColdStarts`. Nothing of what the caller sent or
 * the code printed stands in it (docs/operations.md#the-line-of-a-run).
 */
export const reportEnd =
  (stage: string, write: (line: string) => void = writeLine): ReportEnd =>
  (run) => {
    write(JSON.stringify(lineOf(run, stage)));
  };

export function lineOf(run: Run, stage: string): Readonly<Record<string, unknown>> {
  const { usage, startedAt, createdAt, finishedAt = createdAt } = run;
  const outcome = outcomeOf(run);
  const durationMs = usage?.exactMs ?? usage?.durationMs ?? wallMs(run);
  const handedOverAt = run.handedOverAt ?? startedAt ?? finishedAt;
  const counted: Record<string, number> = {
    [COUNTERS[outcome]]: 1,
    RunDuration: durationMs,
    RunQueueTime: Math.max(0, handedOverAt - createdAt),
    ...(usage?.coldStart === true && { RunColdStarts: 1 }),
  };
  return {
    _aws: {
      Timestamp: finishedAt,
      CloudWatchMetrics: [
        { Namespace: NAMESPACE, Dimensions: [DIMENSIONS], Metrics: Object.keys(counted).map(metric) },
      ],
    },
    message: 'run ended',
    service: run.room,
    stage,
    runId: run.id,
    workspace: run.workspace,
    owner: run.owner,
    traceId: run.trace && traceIdOf(run.trace),
    outcome,
    errorType: run.errorType,
    fault: outcome === 'platform-error' ? faultOf(run) : undefined,
    ...counted,
    startMs: startedAt === undefined ? undefined : Math.max(0, startedAt - handedOverAt),
    cpuMs: usage?.cpuMs,
    peakMemoryMb: usage && Math.round(usage.maxMemoryBytes / 1_048_576),
    memoryMb: run.memoryMb,
    gbSeconds: Math.round((run.memoryMb / 1_024) * durationMs) / 1_000,
    coldStart: usage?.coldStart,
    runtime: run.runtime,
    runtimeVersion: run.runtimeVersion,
    attempt: run.attempt,
    returns: run.returns,
    logsTruncated: run.logsTruncated || undefined,
    resultTruncated: run.resultTruncated || undefined,
  };
}

const metric = (Name: string) =>
  Name === 'RunDuration' || Name === 'RunQueueTime' ? { Name, Unit: 'Milliseconds' } : { Name, Unit: 'Count' };

function outcomeOf({ status, errorType }: Run): Outcome {
  if (status === 'COMPLETED') return 'completed';
  if (errorType === 'PLATFORM_ERROR') return 'platform-error';
  return errorType === 'CANCELLED' ? 'cancelled' : 'failed';
}
