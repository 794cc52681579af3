import { toLog } from '../../../lambdas/functions/invoke/execution-log';
import { newTestRun } from '../../support/runs';

test.each([
  ['that ended by itself', { startedAt: 1_000, finishedAt: 1_040 }, 40],
  ['that never started', { finishedAt: 1_040 }, 0],
  ['on two clocks that disagree', { startedAt: 1_040, finishedAt: 1_000 }, 0],
])('the log of a run %s has the time that the platform saw, whatever its sandbox says', (_, times, duration) => {
  const usage = { cpuMs: 1, maxMemoryBytes: 1, durationMs: 1e12, coldStart: false };
  const run = { ...newTestRun(1_000), status: 'COMPLETED' as const, ...times, usage };
  const facts = { functionId: 'fn-1', statusCode: 200, requestBody: {}, responseBody: {}, logs: [], cut: false };
  expect(toLog({ run, ...facts }).duration).toBe(duration);
});
