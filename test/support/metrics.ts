import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { clientConfig } from '../../local/aws';

export interface MetricOf {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** e.g. `p99`; `Sum` unless it is given. */
  readonly stat?: string;
}

const DAY_SECONDS = 86_400;

/** What the emulator's CloudWatch has of a metric since the day began, by UTC. @returns undefined where there is nothing */
export async function metricOfToday(
  endpoint: string,
  { namespace, name, dimensions, stat = 'Sum' }: MetricOf,
): Promise<number | undefined> {
  const client = new CloudWatchClient(clientConfig(endpoint));
  try {
    const { MetricDataResults = [] } = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          {
            Id: 'one',
            MetricStat: {
              Metric: {
                Namespace: namespace,
                MetricName: name,
                Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
              },
              Period: DAY_SECONDS,
              Stat: stat,
            },
          },
        ],
        StartTime: new Date(Date.now() - DAY_SECONDS * 1_000),
        EndTime: new Date(Date.now() + 60_000),
      }),
    );
    return MetricDataResults[0]?.Values?.at(-1);
  } finally {
    client.destroy();
  }
}
