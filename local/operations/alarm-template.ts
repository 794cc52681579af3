import * as z from 'zod';
import type { AlarmDefinition, AlarmQuery, MetricOfAlarm } from './alarm-definition';

/** Alarms as a template of CloudFormation has them. */

const DimensionList = z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]);

const MetricAlarmProperties = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().default(''),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'missing', 'ignore']).default('missing'),
  Namespace: z.string().default(''),
  MetricName: z.string().optional(),
  Dimensions: DimensionList,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.number().default(60),
  Metrics: z
    .array(
      z.object({
        Id: z.string(),
        ReturnData: z.boolean().default(true),
        Expression: z.string().optional(),
        MetricStat: z
          .object({
            Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: DimensionList }),
            Period: z.number(),
            Stat: z.string(),
          })
          .optional(),
      }),
    )
    .default([]),
});
type MetricAlarmProperties = z.output<typeof MetricAlarmProperties>;

const CompositeAlarmProperties = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().default(''),
  AlarmRule: z.string(),
});

const Template = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown() })),
});

/**
 * @param template parsed JSON
 * @param resolve makes a text of what CloudFormation puts in for it, such as `{"Ref": "Runner"}`
 * @throws ZodError where the template has an alarm of another kind
 */
export function alarmsOfTemplate(template: unknown, resolve: (value: unknown) => string): AlarmDefinition[] {
  return Object.values(Template.parse(template).Resources).flatMap(({ Type, Properties }): AlarmDefinition[] => {
    if (Type === 'AWS::CloudWatch::Alarm') return [metricAlarm(MetricAlarmProperties.parse(Properties), resolve)];
    if (Type !== 'AWS::CloudWatch::CompositeAlarm') return [];
    const { AlarmName, AlarmDescription, AlarmRule } = CompositeAlarmProperties.parse(Properties);
    return [{ name: AlarmName, description: AlarmDescription, rule: AlarmRule }];
  });
}

function metricAlarm(properties: MetricAlarmProperties, resolve: (value: unknown) => string): AlarmDefinition {
  const { AlarmName, AlarmDescription, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = properties;
  return {
    name: AlarmName,
    description: AlarmDescription,
    queries: queriesOf(properties, resolve),
    threshold: properties.Threshold,
    comparison: properties.ComparisonOperator,
    evaluationPeriods: EvaluationPeriods,
    datapointsToAlarm: DatapointsToAlarm,
    missing: properties.TreatMissingData,
  };
}

function queriesOf(properties: MetricAlarmProperties, resolve: (value: unknown) => string): AlarmQuery[] {
  const { MetricName, Namespace, Dimensions, Period, Statistic, ExtendedStatistic, Metrics } = properties;
  const metric = (of: { Namespace: string; MetricName: string; Dimensions: z.output<typeof DimensionList> }) => ({
    namespace: of.Namespace,
    name: of.MetricName,
    dimensions: Object.fromEntries(of.Dimensions.map(({ Name, Value }) => [Name, resolve(Value)])),
  });
  if (MetricName !== undefined) {
    const statistic = ExtendedStatistic ?? Statistic ?? '';
    const only: MetricOfAlarm = { ...metric({ Namespace, MetricName, Dimensions }), statistic, periodSeconds: Period };
    return [{ id: 'm0', returnData: true, metric: only }];
  }
  return Metrics.map(({ Id: id, ReturnData: returnData, Expression, MetricStat }): AlarmQuery => {
    if (Expression !== undefined) return { id, returnData, expression: Expression };
    if (!MetricStat) throw new Error(`The alarm ${properties.AlarmName} has a query ${id} of nothing.`);
    const { Metric, Period: periodSeconds, Stat: statistic } = MetricStat;
    return { id, returnData, metric: { ...metric(Metric), statistic, periodSeconds } };
  });
}
