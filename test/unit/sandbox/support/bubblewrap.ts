import { spawnSync } from 'node:child_process';

const probe = spawnSync('bwrap', ['--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', 'true']);
const refusal = probe.error?.message ?? (probe.status === 0 ? undefined : probe.stderr.toString().trim());

/** A describe block for tests that need bubblewrap; where it does not work the reason is in the name. */
export function describeWithBubblewrap(name: string, tests: () => void): void {
  if (refusal === undefined) describe(name, tests);
  else describe.skip(`${name} (not possible here: ${refusal})`, tests);
}
