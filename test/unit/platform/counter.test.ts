import { counterOf } from '../../../lambdas/platform/telemetry';

test('what is counted for an alarm is one metric by service and stage, and nothing else', () => {
  const written: string[] = [];
  const count = counterOf('decisions', 'prod', (line) => written.push(line));
  count('DecisionFaults');
  count('DecisionFaults', 3);
  const expected = (value: number) => ({
    _aws: {
      CloudWatchMetrics: [
        { Namespace: 'Narae', Dimensions: [['service', 'stage']], Metrics: [{ Name: 'DecisionFaults' }] },
      ],
    },
    service: 'decisions',
    stage: 'prod',
    DecisionFaults: value,
  });
  expect(written.map((line): unknown => JSON.parse(line))).toMatchObject([expected(1), expected(3)]);
});
