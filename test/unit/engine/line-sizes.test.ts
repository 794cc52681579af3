import { lineOf } from '../../../lambdas/engine/lifecycle/report-end';
import type { Run } from '../../../lambdas/engine/run/run';
import { countRequest, telemetry } from '../../../lambdas/platform/telemetry';
import { testObserved } from '../../support/observed';
import { newTestRun } from '../../support/runs';

/** What observing costs per million runs is kept by what a line takes (docs/cost.md#observing). */

const NOW = 1_795_810_000_000;
/** CloudWatch bills so many bytes for each line besides. */
const OVERHEAD_BYTES = 26;

const bytes = (line: string): number => Buffer.byteLength(line) + OVERHEAD_BYTES;

test('the lines of a run that completed and of its request take at most 1,000 bytes', () => {
  const run: Run = {
    ...newTestRun(NOW),
    id: 'inv-01M8FKQ63B646J4D5FX8SRA0Y4',
    status: 'COMPLETED',
    attempt: 1,
    handedOverAt: NOW + 12,
    startedAt: NOW + 20,
    finishedAt: NOW + 40,
    runtimeVersion: '3.13.1',
    usage: { cpuMs: 8, maxMemoryBytes: 14_000_000, durationMs: 10, exactMs: 10.123_456, coldStart: false },
  };
  const lines = [JSON.stringify(lineOf(run, testObserved('prod')))];
  const observed = telemetry('invocations', testObserved('prod'), (line) => lines.push(line));
  countRequest(observed, {
    route: 'createInvocation',
    status: 202,
    durationMs: 12.345_678_9,
    visitor: '203.0.113.7',
    requestId: 'req-0e643a65-762b-4963-8000-000000000000',
    errorCode: undefined,
    workspace: 'default',
  });
  expect(lines).toHaveLength(2);
  expect(lines.reduce((sum, line) => sum + bytes(line), 0)).toBeLessThanOrEqual(1_000);
});
