import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, PutFunctionConcurrencyCommand, TooManyRequestsException } from '@aws-sdk/client-lambda';
import { clientConfig } from '../../../../local/aws';
import { waitFor } from '../../../support/wait';
import { matching } from '../support/matchers';
import { handler, payloadOf, startLambdaStack, type LambdaStack } from '../support/lambda-stack';

/** Answers what it was sent when an object `go` is in its bucket; at once where it shall not wait. */
const WAITING = handler(`
  import { S3Client, HeadObjectCommand } from '@aws-sdk/client-s3';
  const s3 = new S3Client({});
  export const handler = async (event, { functionName: Bucket }) => {
    while (event.wait) {
      try { await s3.send(new HeadObjectCommand({ Bucket, Key: 'go' })); break; }
      catch { await new Promise((resolve) => setTimeout(resolve, 20)); }
    }
    return event;
  };`);

let stack: LambdaStack;
afterEach(() => stack.stop());

const put = (path: string) => fetch(`${stack.awsEndpoint}/${path}`, { method: 'PUT', body: 'x' });

const call = async (FunctionName: string, event: object, TenantId?: string): Promise<unknown> => {
  const input = { FunctionName, Payload: JSON.stringify(event), ...(TenantId !== undefined && { TenantId }) };
  return payloadOf(await stack.client.send(new InvokeCommand(input)));
};

/** How many of several calls at once were refused, by reason; those that were not are let go on and answered. */
async function crowd(names: readonly string[]): Promise<Record<string, number>> {
  const reasons: Record<string, number> = {};
  let refused = 0;
  let over = 0;
  const answers = names.map((name) =>
    call(name, { wait: true }).then(
      () => (over += 1),
      (error: unknown) => {
        if (!(error instanceof TooManyRequestsException)) throw error;
        const reason = String(error.Reason);
        reasons[reason] = (reasons[reason] ?? 0) + 1;
        refused += 1;
      },
    ),
  );
  // Nobody who is let in ends before the others have been told: refusals come at once.
  await waitFor('refusals', () => (refused > 0 ? true : undefined));
  expect(over).toBe(0);
  await Promise.all([...new Set(names)].map((name) => put(`${name}/go`)));
  await Promise.all(answers);
  return reasons;
}

async function deployWaiting(reserved?: number): Promise<string> {
  const name = await stack.deploy(WAITING, { Timeout: 60 });
  await put(name);
  if (reserved !== undefined) {
    const reserve = { FunctionName: name, ReservedConcurrentExecutions: reserved };
    await stack.client.send(new PutFunctionConcurrencyCommand(reserve));
  }
  await call(name, {}).catch(() => undefined);
  return name;
}

const throttles = async (FunctionName: string): Promise<number> => {
  const client = new CloudWatchClient(clientConfig(stack.awsEndpoint));
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName: 'Throttles',
      Dimensions: [{ Name: 'FunctionName', Value: FunctionName }],
      StartTime: new Date(Date.now() - 300_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 600,
      Statistics: ['Sum'],
    }),
  );
  client.destroy();
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
};

const thrice = (name: string) => [name, name, name];

test('refuses at once what is more than the account may run, over all functions', async () => {
  stack = await startLambdaStack({ quotas: { accountConcurrency: 4 } });
  const names = [await deployWaiting(), await deployWaiting()];

  const reasons = await crowd(names.flatMap(thrice));

  expect(reasons).toEqual({ ConcurrentInvocationLimitExceeded: 2 });
  // The places are free again.
  expect(await Promise.all(names.map((name) => call(name, { n: 1 })))).toEqual([{ n: 1 }, { n: 1 }]);
});

test('refuses at once what is more than a function has reserved, and others nothing', async () => {
  stack = await startLambdaStack();
  const [reserved, other] = [await deployWaiting(2), await deployWaiting()];

  const reasons = await crowd([reserved, reserved, reserved, reserved, reserved, other]);

  expect(reasons).toEqual({ ReservedFunctionConcurrentInvocationLimitExceeded: 3 });
});

test('refuses every call of a function that has nothing reserved', async () => {
  stack = await startLambdaStack();
  const name = await deployWaiting(0);

  await expect(call(name, {})).rejects.toMatchObject({ Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' });
});

test('has no more environments for tenants than the quota, idle ones included', async () => {
  stack = await startLambdaStack({ quotas: { accountConcurrency: 4, tenantEnvironments: 500 } });
  const name = await deployWaiting();
  for (const tenant of ['a', 'b', 'a']) expect(await call(name, {}, tenant)).toEqual({});

  await expect(call(name, {}, 'c')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  expect(await call(name, {}, 'b')).toEqual({});
});

test('counts each refusal as Lambda does, and tells a burst of them in one line', async () => {
  stack = await startLambdaStack();
  const name = await deployWaiting(1);

  const refused = (await crowd([name, ...thrice(name), ...thrice(name)]))[
    'ReservedFunctionConcurrentInvocationLimitExceeded'
  ];

  expect(refused).toBe(6);
  await waitFor('the metric', async () => ((await throttles(name)) === refused ? true : undefined));
  const lines = await waitFor('a line', () => (stack.reports.length > 0 ? stack.reports : undefined));
  expect(lines).toEqual([
    matching(new RegExp(`^6 calls were refused of ${name}: ReservedFunctionConcurrentInvocationLimitExceeded$`)),
  ]);
});

test('runs asynchronous calls later that were refused', async () => {
  stack = await startLambdaStack({ quotas: { accountConcurrency: 1 } });
  const [busy, later] = [await deployWaiting(), await deployWaiting()];
  const answer = call(busy, { wait: true });
  await waitFor('a refusal', () => call(busy, {}).then(undefined, () => true));
  const Payload = JSON.stringify({});
  for (let n = 0; n < 3; n += 1) {
    await stack.client.send(new InvokeCommand({ FunctionName: later, InvocationType: 'Event', Payload }));
  }
  await waitFor('refusals of events', async () => ((await throttles(later)) >= 3 ? true : undefined));
  await put(`${busy}/go`);
  expect(await answer).toEqual({ wait: true });

  // It was called once when it was deployed.
  await waitFor('four calls', async () =>
    (await stack.log(later)).match(/^REPORT /gm)?.length === 4 ? true : undefined,
  );
});
