import { userOf } from '../../../lambdas/decisions/user';
import { clampedInteger, queryBoolean, queryList } from '../../../lambdas/decisions/queries';
import { baseOf } from '../../../lambdas/decisions/keys';

function refused(id: string | undefined): unknown {
  try {
    return userOf({ 'x-user-id': id });
  } catch (error) {
    return error;
  }
}

/** docs/contracts/decisions.md#bad-input */
test('who asks is said by X-User-ID, within bounds', () => {
  expect(userOf({ 'x-user-id': ' person-staff-720 ' })).toBe('person-staff-720');
  expect(userOf({ 'x-user-id': '가'.repeat(128) })).toHaveLength(128);
  for (const missing of [undefined, '', '  ']) expect(refused(missing)).toMatchObject({ code: 'USER_ID_REQUIRED' });
  for (const bad of ['x'.repeat(129), 'a\u0007b', 'a\u0085b'])
    expect(refused(bad)).toMatchObject({ code: 'VALIDATION_ERROR', details: { field: 'X-User-ID' } });
});

test('numbers are moved within bounds, booleans have many spellings, lists two forms', () => {
  const limit = clampedInteger(1, 100, 20);
  expect(['-5', '0', '7', '101', undefined].map((text) => limit.parse(text))).toEqual([1, 1, 7, 100, 20]);
  for (const bad of ['', '1.0', '1e1', ' 1', 'x']) expect(limit.safeParse(bad).success).toBe(false);
  const flag = queryBoolean(false);
  for (const yes of ['true', 'TRUE', '1', 'Yes', 'on']) expect(flag.parse(yes)).toBe(true);
  for (const no of ['false', '0', 'NO', 'oFF', undefined]) expect(flag.parse(no)).toBe(false);
  for (const bad of ['', '2', 'maybe']) expect(flag.safeParse(bad).success).toBe(false);
  expect(queryList.parse('Person, Team,')).toEqual(['Person', 'Team']);
  expect(queryList.parse(undefined)).toBeUndefined();
});

test('an id is one of its own kind alone', () => {
  expect(baseOf('run', 'run_7Q')).toBe('7Q');
  for (const id of ['card_7Q', 'run_', 'run_a b', 'run', 'runs', `run_${'x'.repeat(65)}`, 'run_7Q#x'])
    expect(baseOf('run', id)).toBeUndefined();
});
