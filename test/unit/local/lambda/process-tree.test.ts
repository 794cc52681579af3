import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { killMentioning } from '../../../../local/lambda/process-tree';
import { pause, waitFor } from '../../../support/wait';
import { describeWithBubblewrap } from '../../sandbox/support/bubblewrap';

const STARTS = 60;
const LATEST_MS = 8;

/** A process that has ended and was not waited for has no environment left. */
function alive(mark: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && pid !== process.pid && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
}

/** Park and Miller's generator: the same moments in every run. */
function moments(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describeWithBubblewrap('an environment whose launcher was killed while it started', () => {
  test('leaves no process behind', async () => {
    const folder = `/environment-${randomUUID()}`;
    const moment = moments(7);
    const namespaces = ['--unshare-user', '--unshare-pid', '--die-with-parent', '--new-session'];
    for (let start = 0; start < STARTS; start += 1) {
      const launcher = spawn('bwrap', [...namespaces, '--dev-bind', '/', '/', '--', 'sleep', '600'], {
        env: { PATH: '/usr/bin:/bin', TMPDIR: folder },
        stdio: 'ignore',
        detached: true,
      });
      await pause(moment() * LATEST_MS);
      launcher.kill('SIGKILL');
      await once(launcher, 'exit');
    }
    // The kernel has no launcher in sight any more whose tree could be ended; what it left has another parent now.
    expect(alive(folder)).not.toEqual([]);

    killMentioning(folder);

    await waitFor('no process of the environment', () => (alive(folder).length === 0 ? true : undefined));
  });
});
