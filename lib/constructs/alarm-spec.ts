import { Duration } from 'aws-cdk-lib';
import { MathExpression, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

export const FIVE_MINUTES = Duration.minutes(5);

export interface AlarmSpec {
  /** Anchor in docs/runbook.md, and last part of the alarm's name. */
  readonly name: string;
  readonly meaning: string;
  readonly metric: IMetric;
  readonly above?: number;
  readonly below?: number;
  /** How many of the last periods have to be bad. */
  readonly periods?: { readonly bad: number; readonly of: number };
  readonly missing?: TreatMissingData;
}

export const sumOver = (
  functions: readonly IFunction[],
  label: string,
  of: (fn: IFunction) => IMetric,
): MathExpression =>
  new MathExpression({
    label,
    expression: functions.map((_, i) => `f${i}`).join(' + '),
    usingMetrics: Object.fromEntries(functions.map((fn, i) => [`f${i}`, of(fn)])),
    period: FIVE_MINUTES,
  });
