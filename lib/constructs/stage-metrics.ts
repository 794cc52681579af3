import type { Duration } from 'aws-cdk-lib';
import { Metric, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { StageConfig } from '../config';
import { FIVE_MINUTES, sum } from './alarm-spec';

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

const OUTCOMES = ['RunsCompleted', 'RunsFailed', 'RunsCancelled', 'RunsPlatformError'] as const;

/**
 * Runs that ended, in whatever way: each has a duration, so that one metric tells. Where only a share of those that completed
 * leaves a line, their durations are fewer than they are, and it takes the counts, which make up for that.
 */
export const runsEnded = (
  { stage, sampleSuccesses }: Pick<StageConfig, 'stage' | 'sampleSuccesses'>,
  period: Duration = FIVE_MINUTES,
): IMetric =>
  sampleSuccesses === 1
    ? measured(stage, 'RunDuration', { statistic: 'SampleCount', period, label: 'Runs' })
    : sum(
        'Runs',
        OUTCOMES.map((name) => measured(stage, name, { period })),
        period,
      );
