import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { apiMetrics } from '../../../../local/gateway/api-metrics';
import { Gateway } from '../../../../local/gateway/gateway';
import { RouteTable } from '../../../../local/gateway/routes';
import { MetricSums } from '../../../../local/lambda/metric-sums';
import { metricOfToday } from '../../../support/metrics';

const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';

/** Answers with the status that the path ends with. */
const answer = (payload: Buffer) => {
  const { rawPath } = JSON.parse(payload.toString('utf8')) as { rawPath: string };
  const statusCode = Number(rawPath.split('/').at(-1));
  return {
    ok: true,
    response: {
      contentType: 'application/json',
      streaming: false,
      body: Readable.from([Buffer.from(JSON.stringify({ statusCode }))]),
      ended: Promise.resolve(undefined),
    },
  } as const;
};

test('requests are counted by how they were answered, and timed', async () => {
  const metrics = new MetricSums(endpoint);
  const apiId = randomUUID();
  const gateway = await Gateway.start({
    api: {
      apiId,
      routes: new RouteTable([{ key: 'GET /x/{proxy+}', functionName: 'x' }]),
      cors: undefined,
      throttle: undefined,
    },
    invoke: ({ payload }) => Promise.resolve(answer(payload)),
    answered: apiMetrics(metrics, apiId),
    report: () => undefined,
  });
  for (const path of ['/x/200', '/x/404', '/x/500', '/x/503', '/elsewhere']) await fetch(`${gateway.origin}${path}`);
  gateway.stop();
  await metrics.close();

  const metric = (name: string, stat = 'Sum') =>
    metricOfToday(endpoint, {
      namespace: 'AWS/ApiGateway',
      name,
      dimensions: { ApiId: apiId, Stage: '$default' },
      stat,
    });
  expect(await metric('Count')).toBe(5);
  expect(await metric('4xx')).toBe(2);
  expect(await metric('5xx')).toBe(2);
  expect(await metric('Latency', 'SampleCount')).toBe(5);
  // What no function was asked for is no integration's.
  expect(await metric('IntegrationLatency', 'SampleCount')).toBe(4);
});
