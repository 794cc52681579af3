/** What a metric alarm of CloudWatch looks at: as much as ours use, in the form of DescribeAlarms. */
export interface MetricAlarmDefinition {
  readonly name: string;
  readonly description: string;
  /** Exactly one has `returnData`: its values are compared. */
  readonly queries: readonly AlarmQuery[];
  readonly threshold: number;
  readonly comparison: Comparison;
  /** M of the last N periods have to be bad. */
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly missing: 'breaching' | 'notBreaching' | 'missing' | 'ignore';
}

/** An alarm that looks at others. */
export interface CompositeAlarmDefinition {
  readonly name: string;
  readonly description: string;
  /** e.g. `ALARM("a") AND NOT ALARM("b")` */
  readonly rule: string;
}

export type AlarmDefinition = MetricAlarmDefinition | CompositeAlarmDefinition;

export type Comparison =
  'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold' | 'LessThanOrEqualToThreshold';

export type AlarmQuery = MetricQuery | ExpressionQuery;

export interface MetricQuery {
  readonly id: string;
  readonly returnData: boolean;
  readonly metric: MetricOfAlarm;
}

export interface ExpressionQuery {
  readonly id: string;
  readonly returnData: boolean;
  /** Metric math over the ids of the others. */
  readonly expression: string;
}

export interface MetricOfAlarm {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `SampleCount`, `Average`, `Minimum`, `Maximum`, or a percentile such as `p99`. */
  readonly statistic: string;
  readonly periodSeconds: number;
}

export const isComposite = (alarm: AlarmDefinition): alarm is CompositeAlarmDefinition => 'rule' in alarm;

export const metricsOf = ({ queries }: MetricAlarmDefinition): MetricQuery[] =>
  queries.filter((query) => 'metric' in query);
