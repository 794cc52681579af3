import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';

/**
 * Structured logs and metrics (EMF) of one function. Request bodies, payloads, environment values, keys and tickets
 * are never put in; what an error says to the caller is, and its cause.
 */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function telemetry(serviceName: string): Telemetry {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ namespace: 'Narae', serviceName });
  return { logger, metrics };
}

/**
 * Counts what alarms of a service look at (`counted` in its manifest): whichever of its functions count something, it is one
 * metric of the stage, `Narae/<name>` by `service` and `stage`.
 */
export function counterOf(service: string, stage: string): (name: string) => void {
  const metrics = new Metrics({ namespace: 'Narae', serviceName: service, defaultDimensions: { stage } });
  return (name) => {
    metrics.addMetric(name, MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
}

/**
 * One request, counted and timed. The route is a field of the line, not a dimension: CloudWatch bills each combination
 * of dimensions as a metric of its own, and Logs Insights can group by a field. So is the visitor's address, which
 * the gateway behind the edge does not see.
 */
export function countRequest(
  { metrics }: Telemetry,
  request: { readonly route: string; readonly status: number; readonly durationMs: number; readonly visitor: string },
): void {
  metrics.addMetadata('visitor', request.visitor);
  metrics.addMetadata('route', request.route);
  metrics.addMetadata('status', String(request.status));
  metrics.addMetric('Requests', MetricUnit.Count, 1);
  if (request.status >= 500) metrics.addMetric('ServerErrors', MetricUnit.Count, 1);
  else if (request.status >= 400) metrics.addMetric('Refusals', MetricUnit.Count, 1);
  metrics.addMetric('Latency', MetricUnit.Milliseconds, request.durationMs);
  metrics.publishStoredMetrics();
}
