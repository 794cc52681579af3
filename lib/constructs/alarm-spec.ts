import { Duration } from 'aws-cdk-lib';
import { MathExpression, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

export const FIVE_MINUTES = Duration.minutes(5);

/** CloudWatch takes no more in the expression of one alarm. */
const METRICS_OF_AN_ALARM = 10;

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

/** Two bad periods of three: a single one passes by itself more often than not. */
export const TWICE = { bad: 2, of: 3 } as const;

/**
 * Each is filled with 0 where it is silent: a function that nobody calls has no metrics, and one silent summand would silence
 * the sum.
 *
 * @throws Error where there are more than an alarm may have
 */
export function sum(label: string, metrics: readonly IMetric[], period = FIVE_MINUTES): MathExpression {
  if (metrics.length > METRICS_OF_AN_ALARM)
    throw new Error(`"${label}" has ${metrics.length} metrics, and an alarm takes ${METRICS_OF_AN_ALARM}: divide it.`);
  return new MathExpression({
    label,
    expression: metrics.map((_, i) => `FILL(f${i}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(metrics.map((metric, i) => [`f${i}`, metric])),
    period,
  });
}

export const sumOver = (
  functions: readonly IFunction[],
  label: string,
  of: (fn: IFunction) => IMetric,
): MathExpression => sum(label, functions.map(of));

/** Percent of `all` that are `bad`; 0 where fewer than `atLeast` are: a quiet hour with one failure calls nobody. */
export const percent = (
  label: string,
  { bad, all }: { readonly bad: IMetric; readonly all: IMetric },
  atLeast: { readonly bad?: number; readonly all?: number },
  period = FIVE_MINUTES,
): MathExpression => {
  const enough = [
    ...(atLeast.bad === undefined ? [] : [`bad >= ${atLeast.bad}`]),
    ...(atLeast.all === undefined ? [] : [`total >= ${atLeast.all}`]),
  ].join(' AND ');
  const share = '100 * bad / total';
  return new MathExpression({
    label,
    expression: enough === '' ? share : `IF(${enough}, ${share}, 0)`,
    usingMetrics: { bad, total: all },
    period,
  });
};
