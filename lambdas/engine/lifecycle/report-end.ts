import { metricLine, type MetricValue } from '../../platform/metric-line';
import { weightOf } from '../../platform/sample';
import type { ObservedEnv } from '../../platform/telemetry';
import { traceIdOf } from '../../platform/trace-context';
import { writeLine } from '../../platform/write-line';
import { estimatedUsd } from '../run/cost';
import { faultOf } from '../run/fault';
import { wallMs, type Run } from '../run/run';

/** Tells operators how a run has ended. Never throws. */
export type ReportEnd = (run: Run) => void;

const BY_SERVICE_AND_STAGE = [['service', 'stage'], ['stage']] as const;

type Outcome = 'completed' | 'failed' | 'platform-error' | 'cancelled';

/** Metric of each outcome. */
const COUNTERS: Readonly<Record<Outcome, string>> = {
  completed: 'RunsCompleted',
  failed: 'RunsFailed',
  'platform-error': 'RunsPlatformError',
  cancelled: 'RunsCancelled',
};

/**
 * One structured line for each run that ends, in the log of whoever ended it, which CloudWatch also reads metrics from (EMF):
 * counts by outcome, `RunDuration` and `RunQueueTime` in milliseconds, `RunColdStarts`, `RunLogsTruncated`. Of those that
 * completed a share leaves a line, and stands for the others. Nothing of what the caller sent or the code printed stands in
 * it (docs/operations.md#the-line-of-a-run).
 */
export const reportEnd =
  (env: ObservedEnv, write: (line: string) => void = writeLine): ReportEnd =>
  (run) => {
    const line = lineOf(run, env);
    if (line) write(JSON.stringify(line));
  };

/** @returns undefined for a run that leaves none */
export function lineOf(run: Run, env: ObservedEnv): Readonly<Record<string, unknown>> | undefined {
  const outcome = outcomeOf(run);
  const weight = outcome === 'completed' ? weightOf(run.id, env.NARAE_SAMPLE_SUCCESSES) : 1;
  if (weight === 0) return undefined;
  const { usage, createdAt, finishedAt = createdAt } = run;
  const durationMs = usage?.exactMs ?? usage?.durationMs ?? wallMs(run);
  const handedOverAt = run.handedOverAt ?? run.startedAt ?? finishedAt;
  const metrics: Record<string, MetricValue> = {
    [COUNTERS[outcome]]: { value: weight },
    RunDuration: { value: durationMs, unit: 'Milliseconds' },
    RunQueueTime: { value: Math.max(0, handedOverAt - createdAt), unit: 'Milliseconds' },
    ...(usage?.coldStart === true && { RunColdStarts: { value: weight } }),
    ...(run.logsTruncated && { RunLogsTruncated: { value: weight } }),
  };
  const fields = { ...identityOf(run, env), outcome, ...figuresOf(run, durationMs, handedOverAt) };
  return metricLine({ at: finishedAt, dimensions: BY_SERVICE_AND_STAGE, metrics, fields });
}

const identityOf = (run: Run, env: ObservedEnv) => ({
  message: 'run ended',
  service: run.room,
  stage: env.NARAE_STAGE,
  version: env.NARAE_VERSION,
  runId: run.id,
  workspace: run.workspace,
  owner: run.owner,
  traceId: run.trace && traceIdOf(run.trace),
  errorType: run.errorType,
  fault: faultOf(run),
});

/** What did not happen has no field: lines are paid for by their bytes. */
const figuresOf = (run: Run, durationMs: number, handedOverAt: number) => ({
  startMs: run.startedAt === undefined ? undefined : Math.max(0, run.startedAt - handedOverAt),
  cpuMs: run.usage?.cpuMs,
  peakMemoryMb: run.usage && Math.round(run.usage.maxMemoryBytes / 1_048_576),
  memoryMb: run.memoryMb,
  costUsd: estimatedUsd(run, durationMs),
  coldStart: run.usage?.coldStart || undefined,
  runtime: run.runtime,
  runtimeVersion: run.runtimeVersion,
  attempt: run.attempt > 1 ? run.attempt : undefined,
  returns: run.returns || undefined,
  logsTruncated: run.logsTruncated || undefined,
  resultTruncated: run.resultTruncated || undefined,
});

function outcomeOf({ status, errorType }: Run): Outcome {
  if (status === 'COMPLETED') return 'completed';
  if (errorType === 'PLATFORM_ERROR') return 'platform-error';
  return errorType === 'CANCELLED' ? 'cancelled' : 'failed';
}
