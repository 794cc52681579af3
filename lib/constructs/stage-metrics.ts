import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FIVE_MINUTES } from './alarm-spec';

/** Namespace of what our functions measure (docs/operations.md#the-line-of-a-run). */
const NAMESPACE = 'Narae';

export interface Measured {
  /** `Sum` where it is not said. */
  readonly statistic?: string;
  readonly period?: Duration;
  /** Absent: of the whole stage. */
  readonly service?: string;
  readonly label?: string;
}

/** What functions of a stage measure, by the name that they give it. */
export const measured = (stage: string, metricName: string, more: Measured = {}): Metric => {
  const { statistic = 'Sum', period = FIVE_MINUTES, service, label } = more;
  return new Metric({
    namespace: NAMESPACE,
    metricName,
    dimensionsMap: { ...(service !== undefined && { service }), stage },
    statistic,
    period,
    ...(label !== undefined && { label }),
  });
};

/** Runs that ended, in whatever way: each has a duration, so that it is never silent where one of the outcomes is not. */
export const runsEnded = (stage: string, period: Duration = FIVE_MINUTES): Metric =>
  measured(stage, 'RunDuration', { statistic: 'SampleCount', period, label: 'Runs' });
