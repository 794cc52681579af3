import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type * as z from 'zod';
import type { commonEnv } from './env';
import { weightOf } from './sample';

/** What of a function's configuration its lines depend on. */
export type ObservedEnv = Pick<z.output<typeof commonEnv>, 'NARAE_STAGE' | 'NARAE_VERSION' | 'NARAE_SAMPLE_SUCCESSES'>;

/**
 * Structured logs and metrics (EMF) of one function. Request bodies, payloads, environment values, keys and tickets
 * are never put in; what an error says to the caller is, and its cause.
 */
export interface Telemetry {
  readonly logger: Logger;
  /** By `service` and `stage`. */
  readonly metrics: Metrics;
  readonly env: ObservedEnv;
}

export function telemetry(serviceName: string, env: ObservedEnv): Telemetry {
  const logger = new Logger({ serviceName, persistentKeys: { version: env.NARAE_VERSION } });
  return { logger, metrics: metricsOf(serviceName, env.NARAE_STAGE), env };
}

const metricsOf = (serviceName: string, stage: string): Metrics =>
  new Metrics({ namespace: 'Narae', serviceName, defaultDimensions: { stage } });

/**
 * Counts what alarms of a service look at (`counted` in its manifest): whichever of its functions count something, it is one
 * metric of the stage, `Narae/<name>` by `service` and `stage`.
 */
export function counterOf(service: string, stage: string): (name: string) => void {
  const metrics = metricsOf(service, stage);
  return (name) => {
    metrics.addMetric(name, MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
}

/** A request that has been answered. */
export interface AnsweredRequest {
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  /** Address that it came from, which the gateway behind the edge does not see. */
  readonly visitor: string;
  readonly requestId: string;
  /** Of the answer, where that is an error. */
  readonly errorCode: string | undefined;
  /** Of the caller, where it is known. */
  readonly workspace: string | undefined;
}

/**
 * One request, counted and timed. The route is a field of the line, not a dimension: CloudWatch bills each combination
 * of dimensions as a metric of its own, and Logs Insights can group by a field. One that failed says what it takes to find it;
 * of successes a share leaves a line, and stands for the others.
 */
export function countRequest({ metrics, env }: Telemetry, request: AnsweredRequest): void {
  const { status, requestId, errorCode, workspace } = request;
  const hasFailed = status >= 400;
  const weight = hasFailed ? 1 : weightOf(requestId, env.NARAE_SAMPLE_SUCCESSES);
  if (weight === 0) return;
  metrics.addMetadata('visitor', request.visitor);
  metrics.addMetadata('route', request.route);
  metrics.addMetadata('status', String(status));
  if (hasFailed) {
    metrics.addMetadata('message', 'request failed');
    metrics.addMetadata('requestId', requestId);
    if (errorCode !== undefined) metrics.addMetadata('errorCode', errorCode);
    if (workspace !== undefined) metrics.addMetadata('workspace', workspace);
  }
  metrics.addMetric('Requests', MetricUnit.Count, weight);
  if (status >= 500) metrics.addMetric('ServerErrors', MetricUnit.Count, 1);
  else if (hasFailed) metrics.addMetric('Refusals', MetricUnit.Count, 1);
  metrics.addMetric('Latency', MetricUnit.Milliseconds, request.durationMs);
  metrics.publishStoredMetrics();
}
