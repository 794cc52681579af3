import { randomUUID } from 'node:crypto';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { clientConfig } from '../../../../local/aws';
import type {
  AlarmDefinition,
  MetricAlarmDefinition,
  MetricOfAlarm,
} from '../../../../local/operations/alarm-definition';
import { alarmStates, type Quotas } from '../../../../local/operations/alarm-state';

const MINUTE = 60_000;
/** In the middle of a minute. */
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE + MINUTE / 2;

let client: CloudWatchClient;
beforeAll(() => {
  client = new CloudWatchClient(clientConfig(process.env['NARAE_TEST_AWS_ENDPOINT'] ?? ''));
});
afterAll(() => {
  client.destroy();
});

/** A metric that no other test knows. */
const metric = (more: Partial<MetricOfAlarm> = {}): MetricOfAlarm => ({
  namespace: `Test-${randomUUID()}`,
  name: 'Things',
  dimensions: { stage: 'a' },
  statistic: 'Sum',
  periodSeconds: 300,
  ...more,
});

const alarm = (of: MetricOfAlarm, more: Partial<MetricAlarmDefinition> = {}): MetricAlarmDefinition => ({
  name: 'alarm',
  description: '',
  queries: [{ id: 'm', returnData: true, metric: of }],
  threshold: 10,
  comparison: 'GreaterThanThreshold',
  datapointsToAlarm: 1,
  evaluationPeriods: 1,
  missing: 'notBreaching',
  ...more,
});

async function put({ namespace, name, dimensions }: MetricOfAlarm, minutesAgo: number, ...values: number[]) {
  await client.send(
    new PutMetricDataCommand({
      Namespace: namespace,
      MetricData: values.map((Value) => ({
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Of]) => ({ Name, Value: Of })),
        Timestamp: new Date(NOW - minutesAgo * MINUTE),
        Value,
      })),
    }),
  );
}

async function stateOf(one: AlarmDefinition, ...others: AlarmDefinition[]) {
  const [state] = await alarmStates(client, [one, ...others], NOW);
  return state;
}

test('a sum over the threshold rings, one at it does not', async () => {
  const things = metric();
  await put(things, 1, 4);
  await put(things, 4, 6);
  expect(await stateOf(alarm(things))).toMatchObject({ state: 'OK', values: [10] });
  await put(things, 0, 1);
  expect(await stateOf(alarm(things))).toMatchObject({ state: 'ALARM', values: [11] });
});

test('values of other dimensions, and from before the period, do not count', async () => {
  const things = metric();
  await put({ ...things, dimensions: { stage: 'b' } }, 1, 99);
  await put({ ...things, dimensions: { stage: 'a', service: 's' } }, 1, 99);
  await put(things, 5, 99);
  expect(await stateOf(alarm(things))).toMatchObject({ state: 'OK', values: [undefined] });
});

test('so many of the last periods have to be bad', async () => {
  const things = metric();
  const twoOfThree = alarm(things, { datapointsToAlarm: 2, evaluationPeriods: 3 });
  await put(things, 11, 20);
  expect(await stateOf(twoOfThree)).toMatchObject({ state: 'OK', values: [undefined, undefined, 20] });
  await put(things, 1, 20);
  expect(await stateOf(twoOfThree)).toMatchObject({ state: 'ALARM', values: [20, undefined, 20] });
});

test.each([
  ['breaching', 'ALARM'],
  ['notBreaching', 'OK'],
  ['missing', 'INSUFFICIENT_DATA'],
  ['ignore', 'INSUFFICIENT_DATA'],
] as const)('silence that is %s: %s', async (missing, expected) => {
  expect(await stateOf(alarm(metric(), { missing }))).toMatchObject({ state: expected });
});

test('percentiles', async () => {
  const slow = metric({ statistic: 'p90' });
  await put(slow, 1, ...Array.from({ length: 10 }, () => 1), 50);
  expect(await stateOf(alarm(slow))).toMatchObject({ state: 'OK', values: [1] });
  await put(slow, 1, 50);
  expect(await stateOf(alarm(slow))).toMatchObject({ state: 'ALARM' });
});

test('metric math over several metrics and statistics', async () => {
  const times = metric({ statistic: 'SampleCount' });
  const failed = { ...times, name: 'Failed', statistic: 'Sum' };
  const share = alarm(times, {
    queries: [
      { id: 'share', returnData: true, expression: 'IF(times > 3, 100 * FILL(failed, 0) / times, 0)' },
      { id: 'times', returnData: false, metric: times },
      { id: 'failed', returnData: false, metric: failed },
    ],
  });
  await put(times, 1, 700, 700, 700);
  await put(failed, 1, 1);
  expect(await stateOf(share)).toMatchObject({ state: 'OK', values: [0] });
  await put(times, 1, 700);
  expect(await stateOf(share)).toMatchObject({ state: 'ALARM', values: [25] });
});

test('a share of a quota that is known', async () => {
  const used = metric({ statistic: 'Maximum', dimensions: { Resource: 'ConcurrentExecutions' } });
  const near = alarm(used, {
    threshold: 80,
    queries: [
      { id: 'share', returnData: true, expression: '100 * used / SERVICE_QUOTA(used)' },
      { id: 'used', returnData: false, metric: used },
    ],
  });
  await put(used, 1, 9);
  const states = (quotas?: Quotas) => alarmStates(client, [near], NOW, quotas);
  expect(await states()).toMatchObject([{ state: 'OK', values: [undefined] }]);
  expect(await states((resource) => (resource === 'ConcurrentExecutions' ? 10 : 0))).toMatchObject([
    { state: 'ALARM', values: [90] },
  ]);
});

test('an alarm that looks at others', async () => {
  const things = metric();
  await put(things, 1, 20);
  const both = { name: 'both', description: '', rule: 'ALARM("long") AND ALARM("short")' };
  const long = alarm(things, { name: 'long' });
  expect(await stateOf(both, long, alarm(metric(), { name: 'short' }))).toMatchObject({ state: 'OK' });
  expect(await stateOf(both, long, alarm(things, { name: 'short' }))).toMatchObject({ state: 'ALARM' });
  await expect(stateOf(both, long)).rejects.toThrow('the alarm short, which is not there');
});
