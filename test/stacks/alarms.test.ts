import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { clientConfig } from '../../local/aws';
import {
  isComposite,
  metricsOf,
  type AlarmDefinition,
  type MetricAlarmDefinition,
} from '../../local/operations/alarm-definition';
import { alarmStates } from '../../local/operations/alarm-state';
import { alarmsOfTemplate } from '../../local/operations/alarm-template';
import { startEmulator, type Emulator } from '../support/emulator';
import { namedStage } from './stage';

/**
 * Every alarm of `prod` is driven over its threshold once, on the emulator's metrics: of each metric that it looks at, these
 * values are put into each of its periods. An alarm without a drive fails the test.
 */
type Drive = Readonly<Record<string, readonly number[]>>;

const many = (count: number, value: number): number[] => Array.from({ length: count }, () => value);
const DEAD_LETTER: Drive = { ApproximateNumberOfMessagesVisible: [1] };
const SERVER_ERRORS: Drive = { Count: many(40, 1), '5xx': many(10, 1) };
const OURS: Drive = { RunDuration: many(40, 10), RunsPlatformError: many(10, 1) };
const LATE: Drive = { RunQueueTime: many(30, 11_000) };

const DRIVES: Readonly<Record<string, Drive>> = {
  'runs-not-executed': DEAD_LETTER,
  'reaper-errors': DEAD_LETTER,
  'cleaning-given-up': DEAD_LETTER,
  'decisions-not-compiled': DEAD_LETTER,
  'meetings-not-generated': DEAD_LETTER,
  'decisions-failing': { DecisionFaults: [1] },
  'runner-errors': { Errors: many(6, 1) },
  'stream-errors': { Errors: many(6, 1) },
  'background-errors': { Errors: [1] },
  'functions-throttled': { Throttles: many(3, 1) },
  'platform-errors': OURS,
  'runs-lost': { SandboxLost: many(2, 1), WorkerLost: [1] },
  'sandboxes-throttled': { SandboxThrottled: many(20, 1), SandboxRefused: [1] },
  'queue-age': { AsyncEventAge: [20_000, 60_000] },
  'slow-starts': LATE,
  'api-server-errors': SERVER_ERRORS,
  'refusal-storm': { Count: many(300, 1), '4xx': many(300, 1) },
  'slow-answers': { Latency: many(20, 1_200) },
  'edge-errors': { Requests: [100], '5xxErrorRate': [3] },
  'firewall-blocks': { BlockedRequests: [1_001] },
  'concurrency-near-quota': { ResourceCount: [850] },
  'tables-throttled': { ReadThrottleEvents: [3], WriteThrottleEvents: [3] },
  ...Object.fromEntries(
    ['1h', '5m', '6h', '30m'].flatMap((window) => [
      [`requests-objective-${window}`, SERVER_ERRORS],
      [`runs-objective-${window}`, OURS],
      [`starts-objective-${window}`, LATE],
    ]),
  ),
};
/** Rings by silence. */
const SILENT = 'reaper-silent';
const REAPER_RUNS: Drive = { Invocations: [5] };

const shortName = ({ name }: AlarmDefinition) => name.replace('narae-prod-', '');
const alarms = namedStage('prod').all.flatMap(({ template }) =>
  alarmsOfTemplate(template, (value) => (typeof value === 'string' ? value : JSON.stringify(value).slice(0, 250))),
);
const simple = alarms.flatMap((alarm) => (isComposite(alarm) ? [] : [alarm]));
const now = Date.now();
/** Longer than all periods that an alarm looks at: what drives one is not seen by the others that look at the same metric. */
const APART_MS = 7 * 3_600_000;

/** Of its own: what other tests measure would ring here. */
let emulator: Emulator;
let client: CloudWatchClient;
beforeAll(async () => {
  emulator = await startEmulator();
  client = new CloudWatchClient(clientConfig(emulator.endpoint));
});
afterAll(async () => {
  client.destroy();
  await emulator.stop();
});

const statesAt = (at: number, of: readonly AlarmDefinition[] = alarms) =>
  alarmStates(client, of, at, (resource) => (resource === 'ConcurrentExecutions' ? 1_000 : undefined));
const ringing = async () =>
  (await statesAt(now)).filter(({ state }) => state === 'ALARM').map(({ alarm }) => shortName(alarm));

/** Puts what drives an alarm into each of its periods, the last of which is over at `at` (epoch ms). */
async function drive(alarm: MetricAlarmDefinition, at: number, values: Drive): Promise<void> {
  const seen = new Set<string>();
  for (const { metric } of metricsOf(alarm)) {
    const { namespace, name, dimensions, periodSeconds } = metric;
    const key = JSON.stringify([namespace, name, dimensions]);
    if (seen.has(key)) continue;
    seen.add(key);
    for (let back = 0; back < alarm.evaluationPeriods; back += 1)
      await client.send(
        new PutMetricDataCommand({
          Namespace: namespace,
          MetricData: [
            {
              MetricName: name,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
              Timestamp: new Date(at - back * periodSeconds * 1_000),
              Values: [...new Set(values[name] ?? [])],
              Counts: [...new Set(values[name] ?? [])].map(
                (one) => (values[name] ?? []).filter((v) => v === one).length,
              ),
            },
          ],
        }),
      );
  }
}

test('each alarm has a drive', () => {
  expect(simple.map(shortName).sort()).toEqual([...Object.keys(DRIVES), SILENT].sort());
});

test('where nothing is measured only the reaper is missed, and that ends with its next ticks', async () => {
  expect(await ringing()).toEqual([SILENT]);
  const reaper = simple.find((alarm) => shortName(alarm) === SILENT);
  if (!reaper) throw new Error('no such alarm');
  await drive(reaper, now, REAPER_RUNS);
  expect(await ringing()).toEqual([]);
});

test('driven over its threshold each alarm rings, and not before', async () => {
  const driven = simple.filter((alarm) => shortName(alarm) !== SILENT);
  for (const [index, alarm] of driven.entries()) {
    const at = now - (index + 1) * APART_MS;
    expect(await statesAt(at, [alarm])).toMatchObject([{ alarm: { name: alarm.name }, state: 'OK' }]);
    await drive(alarm, at, DRIVES[shortName(alarm)] ?? {});
    expect(await statesAt(at, [alarm])).toMatchObject([{ alarm: { name: alarm.name }, state: 'ALARM' }]);
  }
});

test('where objectives are missed over both of their windows, somebody is told', async () => {
  const ofObjectives = simple.filter(({ name }) => name.includes('-objective-'));
  for (const alarm of ofObjectives) await drive(alarm, now, DRIVES[shortName(alarm)] ?? {});
  const told = (await statesAt(now)).filter(({ alarm }) => isComposite(alarm));
  expect(told.map(({ alarm, state }) => [shortName(alarm), state]).sort()).toEqual([
    ['budget-burns-fast', 'ALARM'],
    ['budget-burns-slowly', 'ALARM'],
  ]);
});
