import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { QueryString } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { SAVED_QUERIES } from '../../lib/constructs/saved-queries';
import { clientConfig } from '../../local/aws';
import { output } from '../../local/deploy/stacks';
import type { AlarmDefinition } from '../../local/operations/alarm-definition';
import { askLogs, logGroupsOf, type Row } from '../../local/operations/insights';
import { record } from '../support/invocations';
import { metricOfToday, type MetricOf } from '../support/metrics';
import { BOOTSTRAP, REPOSITORY, systemEnvironment } from '../support/system';
import { waitFor } from '../support/wait';
import { say } from './scenarios/scenario';
import { alarmsNamed, ringingOf } from './support/alarms';
import { startFaultSystem, type FaultSystem } from './support/fault-system';
import { calledFunction, requestFor, startedRun, startRun } from './support/runs';
import { killAll } from './support/workers';

/**
 * Failures of the platform, each found from nothing but the run's id: its cause by the saved query of operators in the
 * emulator's CloudWatch Logs, and the metric that an alarm watches (docs/operations.md#saved-queries).
 */

const START_WITHIN_MS = 300_000;
const FOUND_WITHIN_MS = 240_000;
const STAGE = 'local';
/** More than two of them ring `runs-lost`, and three `platform-errors`. */
const LOST = 3;
/** Each is refused a sandbox at least once, and more than twenty refusals ring `sandboxes-throttled`. */
const THROTTLED = 21;

let alarms: AlarmDefinition[];
let system: FaultSystem;
let logs: CloudWatchLogsClient;

beforeAll(async () => {
  alarms = alarmsNamed(['platform-errors', 'runs-lost', 'sandboxes-throttled']);
  system = await startFaultSystem(say);
  process.env['NARAE_URL'] = system.url;
  logs = new CloudWatchLogsClient(clientConfig(system.awsEndpoint));
}, START_WITHIN_MS);

afterAll(async () => {
  logs.destroy();
  await system.stop();
}, START_WITHIN_MS);

afterEach(() => {
  system.lambda.fill(false);
  system.store.refuse(undefined);
});

interface Failure {
  readonly name: string;
  /** Makes a run fail. @returns its id */
  readonly inject: () => Promise<string>;
  /** Lines that the saved query finds, in this order; others may stand between them. */
  readonly lines: readonly Line[];
  /** What grows by it. */
  readonly metrics: readonly MetricOf[];
}

/** What fields of a line hold. */
type Line = Readonly<Record<string, string | RegExp>>;

const narae = (name: string): MetricOf => ({ namespace: 'Narae', name, dimensions: { stage: STAGE } });
const runner = (name: string): MetricOf => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: `narae-${STAGE}-runner` },
});

/** The queue has a name only when it is deployed. */
const DEAD_LETTERS: MetricOf = {
  namespace: 'AWS/SQS',
  name: 'ApproximateNumberOfMessagesVisible',
  stat: 'Maximum',
  get dimensions() {
    return { QueueName: output(system.outputs, 'engine', 'DeadLetterQueueUrl').split('/').at(-1) ?? '' };
  },
};

const FAILURES: readonly Failure[] = [
  {
    name: 'a sandbox that is killed while it runs the code',
    inject: async () => {
      const id = await startedRun({ language: 'python', timeoutMs: 60_000 });
      killAll((name) => name.startsWith('sandbox-'));
      return id;
    },
    lines: [
      { message: 'SandboxLost', level: 'ERROR', 'cause.message': /^sandbox / },
      { message: 'run ended', outcome: 'platform-error', fault: 'worker-lost' },
    ],
    metrics: [narae('SandboxLost'), narae('RunsPlatformError')],
  },
  {
    name: 'a runner that is killed while a sandbox works',
    inject: async () => {
      const id = await startedRun({ language: 'node', timeoutMs: 10_000 });
      killAll((name) => name === 'runner');
      return id;
    },
    lines: [{ message: 'run ended', outcome: 'platform-error', errorType: 'PLATFORM_ERROR', fault: 'worker-lost' }],
    metrics: [runner('Errors'), narae('RunsPlatformError')],
  },
  {
    name: 'an account whose concurrency is used up, for a run that can wait',
    inject: async () => {
      system.lambda.fill(true);
      const id = await startRun(requestFor());
      await found(id, [{ message: 'RunReturned' }]);
      system.lambda.fill(false);
      return id;
    },
    lines: [
      { message: 'SandboxThrottled', level: 'WARN', 'cause.name': 'TooManyRequestsException' },
      { message: 'RunReturned', level: 'WARN', 'cause.message': 'no sandbox to be had' },
      { message: 'run ended', outcome: 'completed' },
    ],
    metrics: [narae('SandboxThrottled'), narae('RunReturned')],
  },
  {
    name: 'an account whose concurrency is used up, for a caller who waits',
    inject: () => {
      system.lambda.fill(true);
      return calledFunction();
    },
    lines: [
      { message: 'SandboxThrottled', 'cause.name': 'TooManyRequestsException' },
      { message: 'SandboxRefused', level: 'ERROR', 'cause.message': 'no sandbox to be had' },
      { message: 'run ended', outcome: 'platform-error', fault: 'no-capacity' },
    ],
    metrics: [narae('SandboxRefused'), narae('RunsPlatformError')],
  },
  {
    name: 'a bucket that refuses the code, however often it is asked',
    inject: () => {
      system.store.refuse({ to: 'runner', service: 's3', how: 'throttled' });
      return startRun(requestFor({ line: 'throttled', language: 'node' }));
    },
    lines: [
      { message: 'run not executed; Lambda will send another worker', 'cause.cause.name': 'SlowDown' },
      { message: 'WorkerLost', level: 'ERROR', 'cause.cause.name': 'SlowDown' },
      { message: 'run ended', outcome: 'platform-error', fault: 'not-started' },
    ],
    metrics: [narae('WorkerLost'), runner('Errors'), narae('RunsPlatformError')],
  },
  {
    name: 'a table that may not be written to',
    inject: () => {
      system.store.refuse({ to: 'runner', service: 'dynamodb', how: 'denied' });
      return startRun(requestFor());
    },
    lines: [
      { message: 'run not executed; Lambda will send another worker', 'cause.cause.name': 'AccessDeniedException' },
    ],
    // Lambda gives up after three tries: the order lies in the dead letters.
    metrics: [runner('Errors'), runner('AsyncEventsDropped'), DEAD_LETTERS],
  },
];

test.each(FAILURES)(
  '$name is found by the run’s id',
  async ({ inject, lines, metrics }) => {
    const before = new Map(await Promise.all(metrics.map(async (one) => [one, await amount(one)] as const)));
    const id = await inject();
    await found(id, lines);
    for (const metric of metrics)
      await waitFor(`${metric.namespace} ${metric.name} to grow`, async () =>
        (await amount(metric)) > (before.get(metric) ?? 0) ? true : undefined,
      );
  },
  FOUND_WITHIN_MS,
);

test(
  'enough of them ring the alarms',
  async () => {
    await Promise.all(Array.from({ length: LOST }, () => startedRun({ language: 'python', timeoutMs: 60_000 })));
    killAll((name) => name.startsWith('sandbox-'));
    system.lambda.fill(true);
    for (let sent = 0; sent < THROTTLED; sent += 1) await startRun(requestFor());
    await waitFor(
      'the alarms to ring',
      async () => {
        const ringing = await ringingOf(system.awsEndpoint, alarms);
        if (ringing.length < alarms.length) throw new Error(`Ringing: ${ringing.map(({ name }) => name).join(', ')}`);
        return true;
      },
      { deadlineMs: FOUND_WITHIN_MS / 2, everyMs: 500 },
    );
  },
  FOUND_WITHIN_MS,
);

test(
  'the doctor shows them, with what to do next',
  async () => {
    const Findings = z.object({
      well: z.boolean(),
      findings: z.array(z.looseObject({ what: z.string(), state: z.string() })),
    });
    const args = [BOOTSTRAP, 'doctor', '--json'];
    const asked = promisify(execFile)(process.execPath, args, {
      cwd: REPOSITORY,
      env: systemEnvironment(system.stateDir),
      timeout: 120_000,
    });
    const failed: unknown = await asked.catch((error: unknown) => error);
    const { code, stdout } = z.looseObject({ code: z.int(), stdout: z.string() }).parse(failed);
    expect(code).toBe(1);
    const { well, findings } = Findings.parse(JSON.parse(stdout));
    expect(well).toBe(false);
    for (const what of ['runs that we failed', 'dead letters'])
      expect(findings.find((one) => one.what === what)).toMatchObject({
        state: 'wrong',
        next: expect.stringMatching(/^docs.runbook/) as unknown,
      });
    for (const what of ['API', 'AWS emulator', 'Lambda service'])
      expect(findings.find((one) => one.what === what)).toMatchObject({ state: 'ok' });
  },
  FOUND_WITHIN_MS,
);

const amount = async (metric: MetricOf): Promise<number> => (await metricOfToday(system.awsEndpoint, metric)) ?? 0;

/** Waits until the saved query answers with these lines; the record is read meanwhile, as a caller would. */
function found(id: string, lines: readonly Line[]): Promise<unknown> {
  return waitFor(
    `${JSON.stringify(lines)} of ${id}`,
    async () => {
      await record(id);
      const rows = await runById(id);
      let at = 0;
      for (const row of rows) if (at < lines.length && has(row, lines[at])) at += 1;
      if (at < lines.length) throw new Error(`Found: ${JSON.stringify(rows)}`);
      return true;
    },
    { deadlineMs: FOUND_WITHIN_MS / 4, everyMs: 500 },
  );
}

const has = (row: Row, wanted: Line = {}): boolean =>
  Object.entries(wanted).every(([field, value]) =>
    typeof value === 'string' ? row[field] === value : value.test(row[field] ?? ''),
  );

/** The saved query, with nothing put in but the id. */
async function runById(id: string): Promise<Row[]> {
  const saved = SAVED_QUERIES.find(({ name }) => name === 'run-by-id');
  if (!saved) throw new Error('There is no saved query run-by-id.');
  return askLogs(logs, {
    query: new QueryString(saved.query).toString().replace('inv-...', id),
    logGroups: await logGroupsOf(logs, STAGE),
    from: Date.now() - 3_600_000,
    to: Date.now(),
  });
}
