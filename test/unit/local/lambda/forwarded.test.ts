import { randomUUID } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { clientConfig } from '../../../../local/aws';
import { waitFor } from '../../../support/wait';
import { anyNumber } from '../support/matchers';
import { handler, payloadOf, startLambdaStack, type LambdaStack } from '../support/lambda-stack';

let stack: LambdaStack;

beforeAll(async () => {
  stack = await startLambdaStack();
});

afterAll(() => stack.stop());

const deploy = (source: string) =>
  stack.deploy(handler(source), {
    Environment: { Variables: { MINISTACK_LAMBDA_PROXY_URL: `${stack.service.endpoint}/invoke` } },
  });

describe('an invocation that the emulator forwards', () => {
  test('is run here, and its result goes back through the emulator', async () => {
    const name = await deploy('export const handler = async (event) => ({ got: event, pid: process.pid });');
    const emulator = new LambdaClient(clientConfig(stack.awsEndpoint));

    const answer = await emulator.send(new InvokeCommand({ FunctionName: name, Payload: '{"a":"é"}' }));

    expect(payloadOf(answer)).toEqual({ got: { a: 'é' }, pid: anyNumber() });
    emulator.destroy();
  });

  test('is an error to the emulator when the function fails', async () => {
    const name = await deploy("export const handler = async () => { throw new Error('no'); };");

    const answer = await fetch(`${stack.service.endpoint}/invoke`, {
      method: 'POST',
      headers: { 'X-Amzn-Lambda-Function-Name': name },
      body: '{}',
    });

    expect(answer.status).toBe(500);
    expect(answer.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(await answer.json()).toMatchObject({ errorMessage: 'no' });
  });
});

test('ships what functions print to CloudWatch Logs', async () => {
  const logGroupName = `/narae/${randomUUID()}`;
  const name = await stack.deploy(handler("export const handler = async () => console.log('shipped');"), {
    LoggingConfig: { LogGroup: logGroupName },
  });
  await stack.client.send(new InvokeCommand({ FunctionName: name, Payload: '{}' }));
  const logs = new CloudWatchLogsClient(clientConfig(stack.awsEndpoint));

  await waitFor('the line', async () => {
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    const lines = events?.map(({ message }) => message ?? '') ?? [];
    return lines.some((line) => line.includes('shipped')) && lines.some((line) => line.startsWith('REPORT'))
      ? true
      : undefined;
  });
  logs.destroy();
});
