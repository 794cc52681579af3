import { randomUUID } from 'node:crypto';
import { InvokeCommand, LambdaClient, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { queueOf, type DeadLetterQueue } from '../../../bin/replay/queue';
import { replay, type Replayed } from '../../../bin/replay/replay';
import { clientConfig } from '../../../local/aws';
import { waitFor } from '../../support/wait';
import { handler, startLambdaStack, type LambdaStack } from '../local/support/lambda-stack';

/** Dead letters of a real function that really failed, in a real queue. */

let stack: LambdaStack;
let sqs: SQSClient;

beforeAll(async () => {
  stack = await startLambdaStack();
  sqs = new SQSClient({ ...clientConfig(stack.awsEndpoint), useQueueUrlAsEndpoint: false });
});

afterAll(async () => {
  sqs.destroy();
  await stack.stop();
});

/** Says with what it was called; fails unless the event says that it may succeed. */
const FAILING = handler(`export const handler = async (event) => {
  console.log('called with ' + JSON.stringify(event));
  if (!event.succeeds) throw new Error('not this time');
};`);

interface Failing {
  readonly functionName: string;
  readonly url: string;
  readonly queue: DeadLetterQueue;
}

async function deployFailing(): Promise<Failing> {
  const functionName = await stack.deploy(FAILING);
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `dead-${randomUUID()}` }));
  const Destination = `arn:aws:sqs:us-east-1:000000000000:${url.split('/').at(-1) ?? ''}`;
  await stack.client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: functionName,
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination } },
    }),
  );
  const queue = await queueOf(functionName, stack.client, sqs);
  if (!queue) throw new Error('no queue');
  return { functionName, url, queue };
}

/** Puts a record of a failed invoke into the queue, as Lambda writes it. */
const record = (functionName: string, requestPayload: unknown): string =>
  JSON.stringify({
    version: '1.0',
    requestContext: {
      functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload,
    responsePayload: { errorType: 'Error', errorMessage: 'not this time' },
  });

const put = (url: string, MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));

async function run(
  { functionName, queue }: Failing,
  more: { readonly dryRun?: boolean; readonly lambda?: LambdaClient; readonly startedAt?: number } = {},
): Promise<Replayed & { lines: string[] }> {
  const lines: string[] = [];
  const replayed = await replay(queue, more.lambda ?? stack.client, {
    functionName,
    dryRun: more.dryRun ?? false,
    max: 100,
    startedAt: more.startedAt ?? Date.now() + 60_000,
    say: (line) => lines.push(line),
  });
  return { ...replayed, lines };
}

const called = (functionName: string, text: string) =>
  waitFor(`a call with ${text}`, async () => ((await stack.log(functionName)).includes(text) ? true : undefined));

test('what was given up is sent again, and deleted', async () => {
  const failing = await deployFailing();
  await put(failing.url, record(failing.functionName, { succeeds: true, number: 1 }));
  const { lines, ...replayed } = await run(failing);
  expect(replayed).toEqual({ sent: 1, left: 0, failed: 0 });
  expect(lines[0]).toMatch(/^sent .*RetriesExhausted \(3 tries\) {2}not this time$/);
  await called(failing.functionName, '{"succeeds":true,"number":1}');
  expect(await run(failing)).toMatchObject({ sent: 0, left: 0 });
});

test('a look leaves all where it is', async () => {
  const failing = await deployFailing();
  for (let number = 0; number < 12; number += 1)
    await put(failing.url, record(failing.functionName, { succeeds: true, number }));
  for (const _ of ['once', 'and again'])
    expect(await run(failing, { dryRun: true })).toMatchObject({ sent: 0, left: 12, failed: 0 });
  expect(await stack.log(failing.functionName)).toBe('');
});

test('nothing is lost while Lambda does not answer', async () => {
  const failing = await deployFailing();
  await put(failing.url, record(failing.functionName, { succeeds: true }));
  const away = new LambdaClient({ ...clientConfig('http://127.0.0.1:9'), maxAttempts: 1 });
  expect(await run(failing, { lambda: away })).toMatchObject({ sent: 0, failed: 1 });
  expect(await run(failing)).toMatchObject({ sent: 1, failed: 0 });
});

test('what is not the function’s own, or no record at all, is left and said', async () => {
  const failing = await deployFailing();
  await put(failing.url, record('somebody-else', { succeeds: true }));
  await put(failing.url, 'a note');
  const { lines, ...replayed } = await run(failing);
  expect(replayed).toEqual({ sent: 0, left: 2, failed: 0 });
  expect(lines.join('\n')).toContain('left (of somebody-else)');
  expect(lines.join('\n')).toContain('left (no record of a failed invoke)');
});

test('what fails again comes back, and is left for another time', async () => {
  const failing = await deployFailing();
  const startedAt = Date.now();
  await stack.client.send(
    new InvokeCommand({
      FunctionName: failing.functionName,
      InvocationType: 'Event',
      Payload: Buffer.from('{"number":7}'),
    }),
  );
  await waitFor('the dead letter', async () => ((await run(failing, { dryRun: true })).left === 1 ? true : undefined));
  const { lines, ...replayed } = await run(failing, { startedAt });
  expect(replayed).toEqual({ sent: 0, left: 1, failed: 0 });
  expect(lines[0]).toContain('left (failed just now)');
});

test('a function without a queue has none', async () => {
  expect(await queueOf(await stack.deploy(FAILING), stack.client, sqs)).toBeUndefined();
  expect(await queueOf('nobody', stack.client, sqs)).toBeUndefined();
});
