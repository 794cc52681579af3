import { GetMetricDataCommand, type CloudWatchClient, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { metricsOf, type MetricAlarmDefinition, type MetricOfAlarm } from './alarm-definition';
import type { Value } from './alarm-expression';

/** GetMetricData takes so many at a time. */
const BATCH = 500;

/**
 * The emulator cuts time into periods that are counted from 1970, CloudWatch from the beginning of what is asked. With a
 * period that has not ended since then, both make one value of the whole window.
 */
const WHOLE_WINDOW_SECONDS = 2_147_483_640;

/** Values of metrics in windows of time. */
export interface MetricValues {
  /** @param back how many periods before the last one */
  of(metric: MetricOfAlarm, back: number): Value;
}

interface Wanted {
  readonly metric: MetricOfAlarm;
  /** Epoch seconds. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads all that these alarms look at. Windows slide by the minute, as CloudWatch's do, and the last one ends with the minute
 * that `now` is in.
 *
 * @param now epoch ms
 */
export async function readMetrics(
  client: CloudWatchClient,
  alarms: readonly MetricAlarmDefinition[],
  now: number,
): Promise<MetricValues> {
  const end = (Math.floor(now / 60_000) + 1) * 60;
  const window = (metric: MetricOfAlarm, back: number): Wanted => {
    const to = end - back * metric.periodSeconds;
    return { metric, from: to - metric.periodSeconds, to };
  };
  const wanted = new Map<string, Wanted>();
  for (const alarm of alarms)
    for (const { metric } of metricsOf(alarm))
      for (let back = 0; back < alarm.evaluationPeriods; back += 1)
        wanted.set(keyOf(window(metric, back)), window(metric, back));
  const values = new Map<string, number>();
  for (const batch of batches([...wanted.values()]))
    for (const [one, value] of await readBatch(client, batch)) values.set(keyOf(one), value);
  return { of: (metric, back) => values.get(keyOf(window(metric, back))) };
}

const keyOf = (wanted: Wanted): string => JSON.stringify(wanted);

/** Those of one window can be asked for together. */
function batches(all: readonly Wanted[]): Wanted[][] {
  const byWindow = Map.groupBy(all, ({ from, to }) => `${from} ${to}`);
  return [...byWindow.values()].flatMap((same) =>
    Array.from({ length: Math.ceil(same.length / BATCH) }, (_, i) => same.slice(i * BATCH, (i + 1) * BATCH)),
  );
}

async function readBatch(client: CloudWatchClient, batch: readonly Wanted[]): Promise<[Wanted, number][]> {
  const [first] = batch;
  if (!first) return [];
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(first.from * 1000),
      EndTime: new Date(first.to * 1000),
      MetricDataQueries: batch.map(({ metric }, i) => query(metric, `m${i}`)),
    }),
  );
  return batch.flatMap((one, i) => {
    const value = MetricDataResults.find(({ Id }) => Id === `m${i}`)?.Values?.[0];
    return value === undefined ? [] : [[one, value] satisfies [Wanted, number]];
  });
}

const query = ({ namespace, name, dimensions, statistic }: MetricOfAlarm, Id: string): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: WHOLE_WINDOW_SECONDS,
    Stat: statistic,
  },
});
