import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  isComposite,
  type AlarmDefinition,
  type AlarmQuery,
  type Comparison,
  type MetricAlarmDefinition,
} from './alarm-definition';
import { evaluate, ruleHolds, type Value } from './alarm-expression';
import { readMetrics, type MetricValues } from './alarm-metrics';

/** State of an alarm, as CloudWatch would have it. */
export interface AlarmState {
  readonly alarm: AlarmDefinition;
  readonly state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
  /** What was compared, the newest period first; undefined where there is no data. Empty for those that look at others. */
  readonly values: readonly Value[];
}

/** Quota of what a metric of `AWS/Usage` counts, by its dimension `Resource`; undefined: it is not known. */
export type Quotas = (resource: string) => number | undefined;

/**
 * Which alarms would ring now: dimensions, statistics, metric math, M out of N periods, missing data and rules as CloudWatch
 * takes them. The emulator's own alarms know none of that.
 *
 * @param now epoch ms; the minute that it is in counts as over
 * @returns one state for each alarm, in their order
 * @throws Error where an alarm uses what is not known here, or the rule of one names an alarm that is not given
 */
export async function alarmStates(
  client: CloudWatchClient,
  alarms: readonly AlarmDefinition[],
  now: number,
  quotas: Quotas = () => undefined,
): Promise<AlarmState[]> {
  const simple = alarms.flatMap((alarm) => (isComposite(alarm) ? [] : [alarm]));
  const metrics = await readMetrics(client, simple, now);
  const states = new Map(simple.map((alarm) => [alarm.name, stateOf(alarm, metrics, quotas)]));
  const isIn = (state: string, name: string): boolean => {
    const found = states.get(name);
    if (!found) throw new Error(`A rule names the alarm ${name}, which is not there.`);
    return found.state === state;
  };
  return alarms.map((alarm) => {
    if (!isComposite(alarm)) return states.get(alarm.name) ?? stateOf(alarm, metrics, quotas);
    return { alarm, state: ruleHolds(alarm.rule, isIn) ? 'ALARM' : 'OK', values: [] };
  });
}

function stateOf(alarm: MetricAlarmDefinition, metrics: MetricValues, quotas: Quotas): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, missing, comparison, threshold } = alarm;
  const values = Array.from({ length: evaluationPeriods }, (_, back) => valueAt(alarm, metrics, quotas, back));
  const isBad = (value: Value): boolean =>
    value === undefined ? missing === 'breaching' : COMPARISONS[comparison](value, threshold);
  const isSilent = values.every((value) => value === undefined) && (missing === 'missing' || missing === 'ignore');
  if (isSilent) return { alarm, state: 'INSUFFICIENT_DATA', values };
  return { alarm, state: values.filter(isBad).length >= datapointsToAlarm ? 'ALARM' : 'OK', values };
}

const COMPARISONS: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** What is compared, in one period. */
function valueAt({ name, queries }: MetricAlarmDefinition, metrics: MetricValues, quotas: Quotas, back: number): Value {
  const byId = new Map(queries.map((query) => [query.id, query]));
  const find = (id: string): AlarmQuery => {
    const query = byId.get(id);
    if (!query) throw new Error(`The alarm ${name} uses ${id}, which is not there.`);
    return query;
  };
  const valueOf = (query: AlarmQuery): Value =>
    'metric' in query
      ? metrics.of(query.metric, back)
      : evaluate(query.expression, { valueOf: (id) => valueOf(find(id)), quotaOf });
  const quotaOf = (id: string): Value => {
    const query = find(id);
    return 'metric' in query ? quotas(query.metric.dimensions['Resource'] ?? '') : undefined;
  };
  const [compared, ...others] = queries.filter(({ returnData }) => returnData);
  if (!compared || others.length > 0) throw new Error(`The alarm ${name} does not say which value it compares.`);
  return valueOf(compared);
}
