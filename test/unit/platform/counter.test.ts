import { counterOf } from '../../../lambdas/platform/telemetry';

test('what is counted for an alarm is one metric by service and stage, and nothing else', () => {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    const count = counterOf('decisions', 'prod');
    count('DecisionFaults');
    count('DecisionFaults');
  } finally {
    write.mockRestore();
  }
  const lines = written.filter((line) => line.includes('"_aws"')).map((line): unknown => JSON.parse(line));
  const expected = {
    _aws: {
      CloudWatchMetrics: [
        {
          Namespace: 'Narae',
          Dimensions: [expect.arrayContaining(['service', 'stage'])],
          Metrics: [{ Name: 'DecisionFaults', Unit: 'Count' }],
        },
      ],
    },
    service: 'decisions',
    stage: 'prod',
    DecisionFaults: 1,
  };
  expect(lines).toMatchObject([expected, expected]);
});
