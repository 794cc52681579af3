import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetQueryResultsCommand,
  PutLogEventsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { QueryString } from 'aws-cdk-lib/aws-logs';
import { SAVED_QUERIES } from '../../../../lib/constructs/saved-queries';
import { clientConfig } from '../../../../local/aws';
import { startEmulator, venvOf, type Emulator } from '../../../../local/emulator/ministack';
import { MetricSums } from '../../../../local/lambda/metric-sums';
import { metricOfToday } from '../../../support/metrics';
import { freePort } from '../../../support/ports';

/** The emulator as `npm start` has it: what is added to it for those who look into logs and metrics. */

const ROOT = resolve(__dirname, '../../../..');
const GROUP = '/test/runner';
const RUN = 'inv-01M7YAZEW9K741FYP5YSQVN6ZE';
let folder: string;
let emulator: Emulator;
let logs: CloudWatchLogsClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'narae-insights-'));
  emulator = await startEmulator({
    root: ROOT,
    stateDir: join(folder, 'state'),
    logFile: join(folder, 'emulator.log'),
    port: await freePort(),
    snapshotSeconds: 1,
  });
  logs = new CloudWatchLogsClient(clientConfig(emulator.endpoint));
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: 'one' }));
  const ended = { message: 'run ended', service: 'jobs', workspace: 'ws-a', owner: 'job-1', runtime: 'python3.13' };
  const lines = [
    { message: 'SandboxLost', level: 'ERROR', runId: RUN, cause: { name: 'Error', message: 'it broke' } },
    { ...ended, runId: RUN, outcome: 'platform-error', errorType: 'PLATFORM_ERROR', RunDuration: 30, startMs: 9 },
    { ...ended, runId: 'inv-other', outcome: 'failed', errorType: 'RUNTIME_ERROR', RunDuration: 200, startMs: 100 },
    { ...ended, runId: 'inv-third', outcome: 'completed', RunDuration: 1_000, startMs: 20, RunColdStarts: 1 },
    { message: 'RunReturned', runId: 'inv-third' },
    { service: 'jobs', route: 'GET /api/jobs', status: '500', ServerErrors: 1, Latency: 3 },
  ];
  await logs.send(
    new PutLogEventsCommand({
      logGroupName: GROUP,
      logStreamName: 'one',
      logEvents: [
        { timestamp: Date.now() - 10_000, message: `not JSON, and holds ${RUN}` },
        ...lines.map((line, at) => ({ timestamp: Date.now() - 9_000 + at, message: JSON.stringify(line) })),
      ],
    }),
  );
}, 90_000);

afterAll(async () => {
  logs.destroy();
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
}, 90_000);

type Row = Readonly<Record<string, string>>;

async function ask(queryString: string): Promise<Row[]> {
  const now = Math.ceil(Date.now() / 1_000);
  const { queryId } = await logs.send(
    new StartQueryCommand({ logGroupNames: [GROUP], queryString, startTime: now - 3_600, endTime: now }),
  );
  const { status, results = [] } = await logs.send(new GetQueryResultsCommand({ queryId }));
  expect(status).toBe('Complete');
  return results.map((row) => Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value])));
}

function saved(wanted: string): string {
  const found = SAVED_QUERIES.find(({ name }) => name === wanted);
  if (!found) throw new Error(`There is no saved query ${wanted}.`);
  return new QueryString(found.query).toString();
}

test.each(SAVED_QUERIES.map(({ name }) => name))('%s is understood, and finds something', async (name) => {
  expect(await ask(saved(name).replace('inv-...', RUN))).not.toEqual([]);
});

test('what happened to a run is found by its id, with the cause, in order', async () => {
  expect(await ask(saved('run-by-id').replace('inv-...', RUN))).toMatchObject([
    { message: 'SandboxLost', level: 'ERROR', 'cause.name': 'Error', 'cause.message': 'it broke', '@log': GROUP },
    { message: 'run ended', outcome: 'platform-error', errorType: 'PLATFORM_ERROR' },
  ]);
});

test('rows are counted by what they have in common', async () => {
  expect(await ask(saved('failures-by-function'))).toEqual([
    { service: 'jobs', workspace: 'ws-a', owner: 'job-1', errorType: 'PLATFORM_ERROR', failures: '1', lastRun: RUN },
    {
      service: 'jobs',
      workspace: 'ws-a',
      owner: 'job-1',
      errorType: 'RUNTIME_ERROR',
      failures: '1',
      lastRun: 'inv-other',
    },
  ]);
});

test('the latest value is that of the last event that has one', async () => {
  expect(await ask('stats latest(startMs) as start, latest(runId), latest(nothing) by workspace')).toEqual([
    { 'latest(runId)': 'inv-third' },
    { workspace: 'ws-a', start: '20', 'latest(runId)': 'inv-third' },
  ]);
});

test('numbers are ordered by their size', async () => {
  const found = await ask(saved('slowest-runs'));
  expect(found.map(({ RunDuration }) => RunDuration)).toEqual(['1000', '200', '30']);
});

test.each([
  ['stats count(*) as all, sum(RunDuration), max(startMs) as most, avg(startMs)', 'filter startMs > 9'],
  [
    'stats count(*) as all, sum(RunDuration), max(startMs) as most, avg(startMs)',
    'filter not startMs <= 9 and ispresent(startMs)',
  ],
  [
    'stats count(*) as all, sum(RunDuration), max(startMs) as most, avg(startMs)',
    "filter runId like /OTHER|third/i and message like 'ended'",
  ],
])('%s of %s', async (stats, filter) => {
  expect(await ask(`${filter} | ${stats}`)).toEqual([
    { all: '2', 'sum(RunDuration)': '1200', most: '100', 'avg(startMs)': '60' },
  ]);
});

test('percentiles, and bins of time', async () => {
  const [row, ...others] = await ask('stats pct(RunDuration, 50) as half, pct(RunDuration, 95) as most by bin(1d)');
  expect(others).toEqual([]);
  expect(row).toMatchObject({ half: '200', most: '1000' });
  expect(row?.['bin(1d)']).toMatch(/^\d{4}-\d\d-\d\d 00:00:00\.000$/);
});

test.each([
  'parse @message "*" as all',
  'stats median(RunDuration)',
  'filter runId ~ 3',
  'fields',
  'filter a = b',
  'sort @timestamp | limit many',
])('%s is refused, and not read as something else', async (query) => {
  await expect(ask(query)).rejects.toMatchObject({ name: 'MalformedQueryException' });
});

test('metrics keep their percentiles, sent at once or apart', async () => {
  const metric = { namespace: 'Test', name: 'Latency', unit: 'Milliseconds', dimensions: { service: 'a' } };
  const sums = new MetricSums(emulator.endpoint);
  for (let value = 1; value <= 400; value += 1) sums.add(metric, value, Date.now());
  await sums.flush();
  for (let times = 0; times < 3; times += 1) {
    sums.add(metric, 400, Date.now());
    await sums.flush();
  }
  await sums.close();
  const read = (stat: string) => metricOfToday(emulator.endpoint, { ...metric, stat });
  expect(await read('SampleCount')).toBe(403);
  expect(await read('Sum')).toBe((400 * 401) / 2 + 1_200);
  expect(await read('p50')).toBe(202);
  expect(await read('p99')).toBeGreaterThan(395);
});

test('points are kept small: equal values of now as one that counts, all of a minute long ago as one set', async () => {
  const point = { Unit: 'Count', Dimensions: {} };
  const before = [
    { ...point, Timestamp: 60, Value: 4 },
    { ...point, Timestamp: 119, Value: 2, Count: 3 },
    { ...point, Timestamp: 120, Value: 9 },
    { ...point, Timestamp: 999, Value: 5 },
    { ...point, Timestamp: 999, Value: 5, Count: 2 },
    { ...point, Timestamp: 999, Value: 6 },
  ];
  const code =
    'import json, sys; from narae_emulator import metrics; print(json.dumps(metrics.compacted(json.loads(sys.argv[1]), 200)))';
  const { stdout } = await promisify(execFile)(
    join(venvOf(ROOT), 'bin', 'python'),
    ['-c', code, JSON.stringify(before)],
    { cwd: join(ROOT, 'local', 'emulator') },
  );
  expect(JSON.parse(stdout)).toEqual([
    { ...point, Timestamp: 60, Value: 2.5, _stat: { SampleCount: 4, Sum: 10, Minimum: 2, Maximum: 4 } },
    { ...point, Timestamp: 120, Value: 9, _stat: { SampleCount: 1, Sum: 9, Minimum: 9, Maximum: 9 } },
    { ...point, Timestamp: 999, Value: 5, Count: 3 },
    { ...point, Timestamp: 999, Value: 6 },
  ]);
});
