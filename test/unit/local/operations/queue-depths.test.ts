import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { clientConfig } from '../../../../local/aws';
import { MetricSums } from '../../../../local/lambda/metric-sums';
import { QueueDepths } from '../../../../local/operations/queue-depths';
import { metricOfToday } from '../../../support/metrics';

const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';
const sqs = new SQSClient({ ...clientConfig(endpoint), useQueueUrlAsEndpoint: false });
afterAll(() => sqs.destroy());

test('says how many messages wait, and of an empty queue once that it is empty', async () => {
  const QueueName = `narae-test-${randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const metrics = new MetricSums(endpoint);
  const depths = new QueueDepths(endpoint, metrics);
  const measured = async (stat: string) => {
    await depths.measure();
    await metrics.flush();
    const name = 'ApproximateNumberOfMessagesVisible';
    return metricOfToday(endpoint, { namespace: 'AWS/SQS', name, dimensions: { QueueName }, stat });
  };

  for (const MessageBody of ['one', 'two']) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  expect(await measured('Maximum')).toBe(2);
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await measured('Minimum')).toBe(0);
  expect(await measured('SampleCount')).toBe(2);

  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  await depths.close();
  await metrics.close();
});
