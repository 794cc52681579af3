import { Alarm, ComparisonOperator, TreatMissingData, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AlarmSpec } from './alarm-spec';

export const alarmName = (stage: string, name: string): string => `narae-${stage}-${name}`;

export const describe = (meaning: string, chapter: string): string =>
  `${meaning} What to do: docs/runbook.md#${chapter}`;

/**
 * An alarm of a stage, which leads to its chapter of the runbook.
 *
 * @param more `actions`: whom it tells; `chapter`: where it leads instead of a chapter of its own name
 */
export function stageAlarm(
  scope: Construct,
  stage: string,
  spec: AlarmSpec,
  { actions, chapter = spec.name }: { readonly actions: readonly IAlarmAction[]; readonly chapter?: string },
): Alarm {
  const { bad, of } = spec.periods ?? { bad: 1, of: 1 };
  const alarm = new Alarm(scope, spec.name, {
    alarmName: alarmName(stage, spec.name),
    alarmDescription: describe(spec.meaning, chapter),
    metric: spec.metric,
    threshold: spec.below ?? spec.above ?? 0,
    comparisonOperator:
      spec.below === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: of,
    datapointsToAlarm: bad,
    treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(...actions);
  return alarm;
}
