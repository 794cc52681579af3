import type { MetricSums } from '../lambda/metric-sums';

/** One request that the HTTP API has answered; times in milliseconds. */
export interface AnsweredRequest {
  readonly status: number;
  readonly latencyMs: number;
  /** Of it, what the function took; undefined where none was asked. */
  readonly integrationMs: number | undefined;
}

/**
 * Counts requests as API Gateway does for HTTP APIs: `AWS/ApiGateway` by `ApiId` and `Stage` (developer guide, "Monitor
 * CloudWatch metrics for HTTP APIs").
 */
export const apiMetrics =
  (metrics: MetricSums, apiId: string) =>
  ({ status, latencyMs, integrationMs }: AnsweredRequest): void => {
    const at = Date.now();
    const add = (name: string, unit: string, value: number): void =>
      metrics.add(
        { namespace: 'AWS/ApiGateway', name, unit, dimensions: { ApiId: apiId, Stage: '$default' } },
        value,
        at,
      );
    add('Count', 'Count', 1);
    add('4xx', 'Count', status >= 400 && status < 500 ? 1 : 0);
    add('5xx', 'Count', status >= 500 ? 1 : 0);
    add('Latency', 'Milliseconds', latencyMs);
    if (integrationMs !== undefined) add('IntegrationLatency', 'Milliseconds', integrationMs);
  };
