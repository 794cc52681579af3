import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { establishIsolation, type Isolation } from '../../../../local/isolation/isolation';

const probe = spawnSync('bwrap', ['--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', 'true']);
const refusal = probe.error?.message ?? (probe.status === 0 ? undefined : probe.stderr.toString().trim());

/** A describe block for tests that need bubblewrap; where it does not work the reason is in the name. */
export function describeWithBubblewrap(name: string, tests: () => void): void {
  if (refusal === undefined) describe(name, tests);
  else describe.skip(`${name} (not possible here: ${refusal})`, tests);
}

/**
 * The same, with the isolation that `npm start` establishes.
 * @param tests gets it, and a folder that nothing isolated sees
 */
export function describeIsolated(name: string, tests: (isolation: () => Isolation, dir: string) => void): void {
  describeWithBubblewrap(name, () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'narae-isolation-'));
    let isolation: Isolation;
    beforeAll(async () => {
      isolation = await establishIsolation({
        environment: process.env,
        nodePath: process.execPath,
        network: 'none',
        dir,
      });
    });
    afterAll(() => rmSync(dir, { recursive: true, force: true }));
    tests(() => isolation, dir);
  });
}
