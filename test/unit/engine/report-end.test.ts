import { endRun } from '../../../lambdas/engine/lifecycle/end-run';
import { lineOf, reportEnd } from '../../../lambdas/engine/lifecycle/report-end';
import { platformError } from '../../../lambdas/engine/run/fault';
import type { Run } from '../../../lambdas/engine/run/run';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { RunStore, StaleAttempt } from '../../../lambdas/engine/store/run-store';
import { createBucket, createTable, testDynamo, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestRun } from '../../support/runs';
import { testObserved } from '../../support/observed';

/** See docs/operations.md#the-line-of-a-run. */

const OBSERVED = testObserved('dev');
const NOW = 1_795_810_000_000;
const usage = { cpuMs: 40, maxMemoryBytes: 64 * 1_048_576, durationMs: 1_500, coldStart: true };
const completed: Run = {
  ...newTestRun(NOW),
  status: 'COMPLETED',
  attempt: 1,
  handedOverAt: NOW + 200,
  startedAt: NOW + 350,
  finishedAt: NOW + 1_850,
  memoryMb: 512,
  runtimeVersion: '3.13.1',
  owner: 'fn-1',
  usage,
};

test('the line of a run has its figures, and CloudWatch reads metrics from it', () => {
  const line = lineOf(completed, OBSERVED) ?? {};
  expect(line).toMatchObject({
    message: 'run ended',
    service: 'invocations',
    stage: 'dev',
    runId: completed.id,
    workspace: 'ws-test',
    owner: 'fn-1',
    outcome: 'completed',
    RunsCompleted: 1,
    RunDuration: 1_500,
    RunQueueTime: 200,
    RunColdStarts: 1,
    startMs: 150,
    cpuMs: 40,
    peakMemoryMb: 64,
    runtimeVersion: '3.13.1',
    version: '1.2.3',
    // 7.9 for the calls, 1 GB of sandbox and runner for 1.5 s, half a GB of a new environment; USD per million.
    costUsd: 1.13e-4,
  });
  const { _aws } = line as { _aws: { CloudWatchMetrics: { Metrics: { Name: string }[]; Dimensions: string[][] }[] } };
  const [directive] = _aws.CloudWatchMetrics;
  expect(directive?.Dimensions).toEqual([['service', 'stage'], ['stage']]);
  for (const { Name } of directive?.Metrics ?? []) expect(typeof line[Name]).toBe('number');
  expect(directive?.Metrics.map(({ Name }) => Name)).toEqual([
    'RunsCompleted',
    'RunDuration',
    'RunQueueTime',
    'RunColdStarts',
  ]);
});

test.each([
  ['RUNTIME_ERROR', 'failed', 'RunsFailed', undefined],
  ['TIMEOUT', 'failed', 'RunsFailed', undefined],
  ['CANCELLED', 'cancelled', 'RunsCancelled', undefined],
  ['PLATFORM_ERROR', 'platform-error', 'RunsPlatformError', 'no-capacity'],
] as const)('a run that ends by %s counts as %s', (errorType, outcome, counter, fault) => {
  const run: Run = { ...completed, status: 'FAILED', errorType, ...(fault && { fault }) };
  const line = lineOf(run, OBSERVED) ?? {};
  expect(line).toMatchObject({ outcome, errorType, [counter]: 1 });
  expect(line['fault']).toBe(fault);
});

test('nothing of what callers send or code prints stands in it', () => {
  const secret = 'canary-6f1e';
  const run: Run = {
    ...completed,
    requestJson: secret,
    resultJson: secret,
    errorMessage: secret,
    errorStack: [secret],
    logsTail: [secret],
    tail: [secret],
    envNames: [secret],
    handler: secret,
  };
  expect(JSON.stringify(lineOf(run, OBSERVED))).not.toContain(secret);
});

test('whoever ends a run writes one line, and who comes too late writes none', async () => {
  const db = testDynamo();
  const clock = testClock(NOW + 60_000);
  const lines: string[] = [];
  const table = await createTable(db);
  const store = new RunStore(
    db,
    table,
    reportEnd(OBSERVED, (line) => lines.push(line)),
  );
  const run = newTestRun(NOW);
  await store.create(run);
  const going = await store.append(run, [['S', NOW, 'CODE_FETCHING']], { status: 'CODE_FETCHING' });
  expect(lines).toEqual([]);
  const ports = { store, clock, blobs: new Blobs(testS3(), await createBucket(testS3()), clock) };
  await endRun(going, platformError('worker-lost'), ports);
  await endRun(going, platformError('worker-lost'), ports);
  await expect(store.append(going, [], { status: 'COMPLETED' })).rejects.toThrow(StaleAttempt);
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([{ runId: run.id, fault: 'worker-lost' }]);
});

test('of runs that complete a share leaves a line and stands for the others; what fails always leaves one', () => {
  const runs = Array.from({ length: 2_000 }, (_, number): Run => ({ ...completed, id: `inv-${number}` }));
  const quarter = testObserved('dev', 0.25);
  const lines = runs.map((run) => lineOf(run, quarter)).filter((line) => line !== undefined);
  const counted = lines.reduce((sum, line) => sum + Number(line['RunsCompleted']), 0);
  // Far beyond what chance does to two thousand.
  expect(counted).toBeGreaterThan(1_700);
  expect(counted).toBeLessThan(2_300);
  expect(lines.length).toBe(counted / 4);
  expect(lines[0]).toMatchObject({ RunsCompleted: 4, RunColdStarts: 4, RunDuration: 1_500 });
  const failed = runs.map((run): Run => ({ ...run, status: 'FAILED', errorType: 'TIMEOUT' }));
  expect(failed.map((run) => lineOf(run, quarter)?.['RunsFailed'])).toEqual(failed.map(() => 1));
});

test('a run whose lines were cut is counted', () => {
  const line = lineOf({ ...completed, logsTruncated: true }, OBSERVED);
  expect(line).toMatchObject({ logsTruncated: true, RunLogsTruncated: 1 });
});
