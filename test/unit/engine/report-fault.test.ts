import { reportFault } from '../../../lambdas/engine/lifecycle/report-fault';
import { telemetry } from '../../../lambdas/platform/telemetry';
import { testObserved } from '../../support/observed';

test('a fault is a line with the run and the cause, and a count of the stage', () => {
  const lines: string[] = [];
  const observed = telemetry('runner', testObserved('prod'), (line) => lines.push(line));
  const logged = jest.spyOn(observed.logger, 'error').mockImplementation(() => undefined);
  const cause = new Error('the sandbox did not answer');
  reportFault(observed)('SandboxLost', 'inv-1', cause);
  expect(logged.mock.calls).toEqual([['SandboxLost', { runId: 'inv-1', cause }]]);
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    {
      _aws: {
        CloudWatchMetrics: [{ Namespace: 'Narae', Dimensions: [['stage']], Metrics: [{ Name: 'SandboxLost' }] }],
      },
      stage: 'prod',
      SandboxLost: 1,
    },
  ]);
});
