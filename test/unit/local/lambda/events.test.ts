import { InvokeCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../../../local/aws';
import { waitFor } from '../../../support/wait';
import { containing } from '../support/matchers';
import { handler, startLambdaStack, type LambdaStack } from '../support/lambda-stack';

const AWS_ENDPOINT = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';
const sqs = new SQSClient({ ...clientConfig(AWS_ENDPOINT), useQueueUrlAsEndpoint: false });

/** Stores the number of this attempt in S3 under `attempt-<n>`, and fails until attempt `event.until`. */
const COUNTING = handler(`
  import { S3Client, CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
  const s3 = new S3Client({});
  export const handler = async (event, { functionName: Bucket, awsRequestId }) => {
    await s3.send(new CreateBucketCommand({ Bucket })).catch(() => {});
    const { KeyCount = 0 } = await s3.send(new ListObjectsV2Command({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'attempt-' + (KeyCount + 1), Body: awsRequestId }));
    if (event.hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (KeyCount + 1 < event.until) throw new Error('attempt ' + (KeyCount + 1));
    return { done: true };
  };`);

const attempt = async (name: string, n: number) => {
  const answer = await fetch(`${AWS_ENDPOINT}/${name}/attempt-${n}`);
  return answer.ok ? answer.text() : undefined;
};

const send = (stack: LambdaStack, name: string, event: unknown) =>
  stack.client.send(new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: JSON.stringify(event) }));

async function makeQueue(QueueName: string): Promise<{ arn: string; receive: () => Promise<unknown> }> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
  return {
    arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}`,
    receive: () =>
      waitFor('a message', async () => {
        const { Messages } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MessageAttributeNames: ['All'] }),
        );
        return Messages?.[0];
      }),
  };
}

afterAll(() => {
  sqs.destroy();
});

describe('an asynchronous invocation', () => {
  let stack: LambdaStack;
  beforeAll(async () => {
    stack = await startLambdaStack();
  });
  afterAll(() => stack.stop());

  test('is accepted at once and run with the same request id until it succeeds', async () => {
    const name = await stack.deploy(COUNTING);

    expect((await send(stack, name, { until: 3 })).StatusCode).toBe(202);

    const third = await waitFor('the third attempt', () => attempt(name, 3));
    expect(third).toBe(await attempt(name, 1));
    expect(await attempt(name, 4)).toBeUndefined();
  });

  // CloudFormation names the version, callers of the API mostly do not.
  test.each([
    ['the newest code', { Qualifier: '$LATEST' }],
    ['the function', {}],
  ])('ends in the on-failure destination after the retries that %s is configured with', async (_of, qualifier) => {
    const name = await stack.deploy(COUNTING);
    const queue = await makeQueue(`${name}-failed`);
    await stack.client.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: name,
        ...qualifier,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: queue.arn } },
      }),
    );

    await send(stack, name, { until: 9 });

    const message = await queue.receive();
    expect(JSON.parse((message as { Body: string }).Body)).toMatchObject({
      version: '1.0',
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { until: 9 },
      responseContext: { functionError: 'Unhandled' },
      responsePayload: { errorMessage: 'attempt 2' },
    });
    expect(await attempt(name, 3)).toBeUndefined();
  });

  test('ends in the dead-letter queue as the event itself', async () => {
    const queue = await makeQueue(`dead-${Date.now()}`);
    const name = await stack.deploy(COUNTING, { DeadLetterConfig: { TargetArn: queue.arn } });

    await send(stack, name, { until: 9 });

    expect(await queue.receive()).toMatchObject({
      Body: '{"until":9}',
      MessageAttributes: { ErrorMessage: { StringValue: containing('attempt 3') } },
    });
  });

  test('refuses a payload over 1 MB and an unknown function', async () => {
    const name = await stack.deploy(COUNTING);

    await expect(send(stack, name, 'x'.repeat(1_100_000))).rejects.toMatchObject({ name: 'RequestTooLargeException' });
    await expect(send(stack, 'test-nobody', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

test('is not lost when the service is stopped while it runs: the next one runs it again', async () => {
  const first = await startLambdaStack();
  const name = await first.deploy(COUNTING, { Timeout: 90 });
  await send(first, name, { hang: true, until: 0 });
  const id = await waitFor('the first attempt', () => attempt(name, 1));
  await first.stop('keep');

  const second = await startLambdaStack({ dir: first.dir });
  second.service.resumeEvents();

  expect(await waitFor('the second attempt', () => attempt(name, 2))).toBe(id);
  await second.stop();
});
