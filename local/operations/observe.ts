import { apiMetrics, type AnsweredRequest } from '../gateway/api-metrics';
import { MetricSums } from '../lambda/metric-sums';
import type { Parts } from '../system/parts';
import { QueueDepths } from './queue-depths';

/** What CloudWatch is told of the parts beside the Lambda service, which tells of functions itself. */
export interface Observed {
  readonly answered: (request: AnsweredRequest) => void;
  readonly queues: QueueDepths;
}

/** Metrics of the HTTP API and of queues, as API Gateway and SQS have them, until the system is stopped. */
export function observe(awsEndpoint: string, apiId: string, parts: Pick<Parts, 'add'>): Observed {
  const metrics = new MetricSums(awsEndpoint);
  const queues = new QueueDepths(awsEndpoint, metrics);
  parts.add('metrics', async () => {
    await queues.close();
    await metrics.close();
  });
  return { answered: apiMetrics(metrics, apiId), queues };
}
