import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Telemetry } from '../../platform/telemetry';

/**
 * What went wrong on our side of a run: a sandbox or a worker was lost, there was none to be had, or the platform asked us to
 * come back later (`throttled`; the run goes on).
 */
export type PlatformEvent =
  'SandboxLost' | 'SandboxRefused' | 'SandboxThrottled' | 'WorkerLost' | 'WorkerRefused' | 'RunReturned';

/** Tells operators; a run's record tells callers only that it was our fault. Never throws. */
export type ReportFault = (event: PlatformEvent, runId: string, cause?: unknown) => void;

/** One structured line with the run's id and the cause, and one count of the metric of that name (namespace `Narae`). */
export const reportFault =
  ({ logger, metrics }: Telemetry): ReportFault =>
  (event, runId, cause) => {
    const level = event === 'SandboxThrottled' || event === 'RunReturned' ? 'warn' : 'error';
    logger[level](event, { runId, ...(cause instanceof Error && { cause }) });
    metrics.singleMetric().addMetric(event, MetricUnit.Count, 1);
  };
