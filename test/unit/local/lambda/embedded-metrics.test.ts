import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { clientConfig } from '../../../../local/aws';
import { EmbeddedMetrics } from '../../../../local/lambda/embedded-metrics';
import { MetricSums } from '../../../../local/lambda/metric-sums';

const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';

const line = (owner: string, cpuMs: number): string =>
  JSON.stringify({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        { Namespace: 'Test', Dimensions: [['owner']], Metrics: [{ Name: 'CpuMs', Unit: 'Milliseconds' }] },
      ],
    },
    owner,
    CpuMs: cpuMs,
  });

test('puts the metrics of log lines into CloudWatch, summed up, and takes nothing else for one', async () => {
  const sums = new MetricSums(endpoint);
  const metrics = new EmbeddedMetrics(sums);
  for (const cpuMs of [5, 7, 12]) metrics.write(line('fn-a', cpuMs));
  metrics.write(line('fn-b', 100));
  for (const text of ['{"_aws":', '{"_aws":{}}', 'plain', '{"CpuMs":1}']) metrics.write(text);
  await sums.close();

  const client = new CloudWatchClient(clientConfig(endpoint));
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Test',
      MetricName: 'CpuMs',
      Dimensions: [{ Name: 'owner', Value: 'fn-a' }],
      StartTime: new Date(Date.now() - 300_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 300,
      Statistics: ['Sum', 'SampleCount', 'Maximum'],
    }),
  );
  client.destroy();
  const total = (name: 'Sum' | 'SampleCount'): number => Datapoints.reduce((sum, point) => sum + (point[name] ?? 0), 0);
  expect(total('Sum')).toBe(24);
  expect(total('SampleCount')).toBe(3);
});
