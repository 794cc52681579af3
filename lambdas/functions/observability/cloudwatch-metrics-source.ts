import { GetMetricDataCommand, type CloudWatchClient, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { CPU_METRIC, METRICS_NAMESPACE, OWNER_DIMENSION } from '../../engine';
import type { Answered, MetricsQuery, MetricsSource } from './metrics-source';
import { SourceUnreachable } from './source-errors';

/** CPU time that the engine exported to CloudWatch: one metric per function, summed by the minute. */
export const cloudWatchMetricsSource = (cloudWatch: CloudWatchClient): MetricsSource => ({
  instant: (functionId, untilSeconds) => query(cloudWatch, functionId, untilSeconds - 60, untilSeconds),
  range: (functionId, fromSeconds, untilSeconds) => query(cloudWatch, functionId, fromSeconds, untilSeconds),
});

function query(cloudWatch: CloudWatchClient, functionId: string, from: number, until: number): MetricsQuery {
  const metric: MetricDataQuery = {
    Id: 'cpu',
    MetricStat: {
      Metric: {
        Namespace: METRICS_NAMESPACE,
        MetricName: CPU_METRIC,
        Dimensions: [{ Name: OWNER_DIMENSION, Value: functionId }],
      },
      Period: 60,
      Stat: 'Sum',
    },
  };
  return {
    text: JSON.stringify(metric),
    send: (signal) => send(cloudWatch, metric, from, until, signal),
  };
}

async function send(
  cloudWatch: CloudWatchClient,
  metric: MetricDataQuery,
  from: number,
  until: number,
  signal: AbortSignal,
): Promise<Answered> {
  const command = new GetMetricDataCommand({
    MetricDataQueries: [metric],
    StartTime: new Date(from * 1000),
    EndTime: new Date(until * 1000),
    ScanBy: 'TimestampAscending',
  });
  const { MetricDataResults = [] } = await cloudWatch.send(command, { abortSignal: signal }).catch((cause: unknown) => {
    throw new SourceUnreachable('CloudWatch does not answer.', { cause });
  });
  const timestamps = MetricDataResults.flatMap(({ Timestamps = [] }) => Timestamps);
  const values = MetricDataResults.flatMap(({ Values = [] }) => Values);
  const samples = timestamps.map((time, at) => ({
    timestamp: Math.floor(time.getTime() / 60_000) * 60,
    cpuMs: values[at] ?? 0,
  }));
  return {
    samples,
    raw: { status: 'success', timestamps: timestamps.map((time) => time.toISOString()), cpuMs: values },
  };
}
