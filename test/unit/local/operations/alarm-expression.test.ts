import { evaluate, ruleHolds } from '../../../../local/operations/alarm-expression';

const values: Readonly<Record<string, number | undefined>> = { runs: 200, failed: 3, silent: undefined, none: 0 };
const surroundings = {
  valueOf: (id: string) => values[id],
  quotaOf: (id: string) => (id === 'runs' ? 1_000 : undefined),
};

test.each([
  ['100 * failed / runs', 1.5],
  ['runs - failed * 2 + 1', 195],
  ['-failed', -3],
  ['(runs + failed) / 7', 29],
  ['IF(runs > 20, failed / runs, 0)', 0.015],
  ['IF(runs > 20 AND failed >= 5, 1, 2)', 2],
  ['IF(runs <= 20 OR failed != 4, 1, 2)', 1],
  ['runs == 200', 1],
  ['failed < 3', 0],
  ['FILL(silent, 0) + failed', 3],
  ['FILL(failed, 0)', 3],
  ['MAX([silent, failed, none])', 3],
  ['100 * runs / SERVICE_QUOTA(runs)', 20],
])('%s is %d', (expression, expected) => {
  expect(evaluate(expression, surroundings)).toBe(expected);
});

test.each(['silent + failed', 'IF(silent > 1, 1, 0)', 'failed / none', 'MAX([silent])', 'SERVICE_QUOTA(failed)'])(
  '%s has no value',
  (expression) => {
    expect(evaluate(expression, surroundings)).toBeUndefined();
  },
);

test.each([
  'RATE(runs)',
  'FILL(runs, REPEAT)',
  'MAX(runs)',
  'runs ? 1 : 2',
  "'runs'",
  'IF(runs, 1)',
  'runs % 2',
  '!runs',
])('%s is refused: nothing is taken for what it is not', (expression) => {
  expect(() => evaluate(expression, { ...surroundings, valueOf: (id) => values[id] ?? NaN })).toThrow(/Not known/);
});

test('rules of composite alarms', () => {
  const isIn = (state: string, name: string) => state === (name === 'rings' ? 'ALARM' : 'OK');
  expect(ruleHolds('ALARM("rings") AND NOT ALARM("quiet")', isIn)).toBe(true);
  expect(ruleHolds('(ALARM("rings") AND ALARM("quiet")) OR (OK("quiet") AND ALARM("rings"))', isIn)).toBe(true);
  expect(ruleHolds('ALARM("quiet") OR ALARM("quiet")', isIn)).toBe(false);
  expect(() => ruleHolds('ALARM("a") > 2', isIn)).toThrow(/Not known/);
});
