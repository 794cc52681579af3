import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RESERVED_NAMES } from '../../../lambdas/callbacks/limits';
import { ReservedNames } from '../../../lambdas/callbacks/reserved-names';
import { AppError } from '../../../lambdas/platform/http/errors';
import { namesBelowApi } from '../../../lambdas/platform/manifest';
import { SERVICES } from '../../../lambdas/services';
import { REPOSITORY } from '../../support/system';

const others = SERVICES.filter(({ name }) => name !== 'callbacks');
const names = new ReservedNames();

/** See docs/contracts/callbacks.md#path. */
describe('reserved names', () => {
  test('are those of the contract', () => {
    const contract = readFileSync(path.join(REPOSITORY, 'docs/contracts/callbacks.md'), 'utf8');
    const [, listed = ''] = /Reserved, in any case of letters, at POST and PUT: `([^`]+)`/.exec(contract) ?? [];
    expect(listed.split(' ')).toContain('workspaces');
    expect([...RESERVED_NAMES].sort()).toEqual(listed.split(' ').sort());
  });

  test('hold every name below /api that a service has today', () => {
    const below = namesBelowApi(others);
    expect(below).toEqual(expect.arrayContaining(['health', 'workspaces', 'jobs']));
    expect(below.filter((name) => !names.has(name))).toEqual([]);
  });

  test('no other service takes any name below /api', () => {
    const paths = others.flatMap(({ routes }) => Object.values(routes)).map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter((path) => /^\/api\/(kube\/)?\{/.test(path))).toEqual([]);
  });

  test('are reserved in any case of letters', () => {
    expect(['Jobs', 'HEALTH', 'Virtual-Meetings'].every((name) => names.has(name))).toBe(true);
    expect(names.has('job')).toBe(false);
  });

  test('hold what the stage tells beside, and all are told to whoever takes one', () => {
    const more = new ReservedNames('notes,night-runs');
    const refusal = refusalOf(() => more.refuse('/Notes'));
    expect(refusal?.code).toBe('PATH_RESERVED');
    expect(refusal?.details).toEqual({ path: 'Notes', reserved: [...RESERVED_NAMES, 'notes', 'night-runs'] });
    expect(refusalOf(() => names.refuse('notes'))).toBeUndefined();
    expect(names.has('')).toBe(false);
  });
});

function refusalOf(act: () => void): AppError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
