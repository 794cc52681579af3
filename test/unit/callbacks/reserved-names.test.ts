import { readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { isReserved, RESERVED_NAMES } from '../../../lambdas/callbacks/limits';

const LAMBDAS = path.resolve(__dirname, '../../../lambdas');
const Table = z.record(z.string(), z.object({ path: z.string() }));

/** Paths of all rooms but this one, from their route tables. */
function pathsOfOtherRooms(): string[] {
  return readdirSync(LAMBDAS)
    .filter((room) => room !== 'callbacks' && existsSync(path.join(LAMBDAS, room, 'routes.ts')))
    .flatMap((room) => {
      const module = jest.requireActual<Record<string, unknown>>(path.join(LAMBDAS, room, 'routes.ts'));
      return Object.values(module).flatMap((table) => {
        const parsed = Table.safeParse(table);
        return parsed.success ? Object.values(parsed.data).map((route) => route.path) : [];
      });
    });
}

/** Contract: callbacks, section 6, "Path". */
describe('reserved names', () => {
  test('are those of the contract', () => {
    expect([...RESERVED_NAMES].sort()).toEqual(
      (
        'workspaces functions v1 issues decisions persons graphs meetings virtual-meetings audit upload execute status ' +
        'cancel jobs health projects project log cloudwatch kube'
      )
        .split(' ')
        .sort(),
    );
  });

  test('hold every name below /api that a room serves', () => {
    const below = pathsOfOtherRooms().flatMap((route) => /^\/api\/([^/{]+)/.exec(route)?.[1] ?? []);
    expect(below).toContain('health');
    expect(below.filter((name) => !isReserved(name))).toEqual([]);
  });

  test('no other room takes any name below /api', () => {
    expect(pathsOfOtherRooms().filter((route) => /^\/api\/(kube\/)?\{/.test(route))).toEqual([]);
  });

  test('are reserved in any case of letters', () => {
    expect(['Jobs', 'HEALTH', 'Virtual-Meetings'].every(isReserved)).toBe(true);
    expect(isReserved('job')).toBe(false);
  });
});
