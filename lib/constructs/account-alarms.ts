import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { DataStack } from '../stacks/data';
import { FIVE_MINUTES, sum, TWICE, type AlarmSpec } from './alarm-spec';

/** What calls for somebody who can ask AWS for more. */
export const accountAlarms = ({ runs, entities }: DataStack): AlarmSpec[] => [
  {
    name: 'concurrency-near-quota',
    meaning: 'The account runs more than four fifths of what it may run at once; other stages and systems count too.',
    metric: new MathExpression({
      label: 'Concurrent executions, percent of the quota',
      expression: '100 * used / SERVICE_QUOTA(used)',
      usingMetrics: { used: CONCURRENT_EXECUTIONS },
      period: FIVE_MINUTES,
    }),
    above: 80,
    periods: TWICE,
  },
  {
    name: 'tables-throttled',
    meaning: 'DynamoDB refuses reads or writes of a table: too many on one key, or at once.',
    metric: sum(
      'throttled',
      [runs, entities].flatMap(({ tableName }) =>
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map(
          (metricName) =>
            new Metric({
              namespace: 'AWS/DynamoDB',
              metricName,
              dimensionsMap: { TableName: tableName },
              statistic: 'Sum',
            }),
        ),
      ),
    ),
    above: 10,
    periods: TWICE,
  },
];

/** As Service Quotas knows it, so that the quota can be asked for by the metric. */
export const CONCURRENT_EXECUTIONS = new Metric({
  namespace: 'AWS/Usage',
  metricName: 'ResourceCount',
  dimensionsMap: { Service: 'Lambda', Resource: 'ConcurrentExecutions', Type: 'Resource', Class: 'None' },
  statistic: 'Maximum',
  period: FIVE_MINUTES,
});
