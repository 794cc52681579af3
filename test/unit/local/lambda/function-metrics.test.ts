import { InvokeCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { metricOfToday } from '../../../support/metrics';
import { waitFor } from '../../../support/wait';
import { handler, startLambdaStack, type LambdaStack } from '../support/lambda-stack';

const FUNCTION = handler(`
  export const handler = async (event) => {
    await new Promise((resolve) => setTimeout(resolve, event.pauseMs ?? 0));
    if (event.fail) throw new Error('as it was told');
    return {};
  };`);

let stack: LambdaStack;
beforeAll(async () => {
  stack = await startLambdaStack();
});
afterAll(() => stack.stop());

const invoke = (
  FunctionName: string,
  event: unknown,
  InvocationType: 'Event' | 'RequestResponse' = 'RequestResponse',
) => stack.client.send(new InvokeCommand({ FunctionName, InvocationType, Payload: JSON.stringify(event) }));

const metric = (FunctionName: string, name: string, stat = 'Sum') =>
  metricOfToday(stack.awsEndpoint, { namespace: 'AWS/Lambda', name, dimensions: { FunctionName }, stat });

/** Waits until a metric is so much; what comes later would be too much. */
const until = (name: string, what: string, wanted: number) =>
  waitFor(`${what} to be ${wanted}`, async () => ((await metric(name, what)) === wanted ? true : undefined));

test('calls are counted and timed, and those that fail counted as errors', async () => {
  const name = await stack.deploy(FUNCTION);
  await invoke(name, { pauseMs: 30 });
  await invoke(name, { fail: true });
  await Promise.all([invoke(name, { pauseMs: 300 }), invoke(name, { pauseMs: 300 })]);

  await until(name, 'Invocations', 4);
  expect(await metric(name, 'Errors')).toBe(1);
  expect(await metric(name, 'Duration', 'p99')).toBeGreaterThanOrEqual(299);
  expect(await metric(name, 'Duration', 'SampleCount')).toBe(4);
});

test('calls at once are counted', async () => {
  const name = await stack.deploy(FUNCTION);
  const most = await waitFor(
    'two calls at once',
    async () => {
      await Promise.all([invoke(name, { pauseMs: 1_000 }), invoke(name, { pauseMs: 1_000 })]);
      await until(name, 'Errors', 0);
      const maximum = await metric(name, 'ConcurrentExecutions', 'Maximum');
      return maximum === 1 ? undefined : maximum;
    },
    { deadlineMs: 60_000 },
  );
  expect(most).toBe(2);
});

test('a function that does not come up has failed each call', async () => {
  const name = await stack.deploy({ 'index.mjs': 'throw new Error("not this way");' });
  await invoke(name, {});
  await until(name, 'Errors', 1);
  expect(await metric(name, 'Invocations')).toBe(1);
});

test('events are counted as they come, are tried, and are given up', async () => {
  const name = await stack.deploy(FUNCTION);
  await stack.client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: name, MaximumRetryAttempts: 1 }));
  await invoke(name, {}, 'Event');
  await invoke(name, { fail: true }, 'Event');

  await until(name, 'AsyncEventsDropped', 1);
  await until(name, 'AsyncEventsReceived', 2);
  await until(name, 'Invocations', 3);
  expect(await metric(name, 'AsyncEventAge', 'SampleCount')).toBe(3);
});
