import { read } from '../../support/api';
import { deploy, Deployed, ended, Queued, upload, type Task } from '../../support/builds';
import type { Random } from '../../support/random';
import { pause, waitFor } from '../../support/wait';
import { inParallel } from '../support/runs';
import { COUNTS } from '../support/settings';
import { kill, workers } from '../support/workers';
import { say, type Scenario } from './scenario';

const WIDTH = 3;
/** Between two kills, which is about as long as a step takes. */
const EVERY_MS = { from: 100, to: 900 } as const;
/** A task is at its end 9 min 30 s after it was created, whatever dies (docs/contracts/builds.md#deadline). */
const TASK_ENDS_WITHIN_MS = 600_000;
const DEPLOY_ENDS_WITHIN_MS = 600_000;

/** While apps are built, pushed and deployed, the workers that do it die. Every task ends; what was built can be deployed. */
export const killedBuilds: Scenario = {
  name: 'workers of builds and deploys killed at random',
  act: async (_system, random) => {
    const { tasks: count, kills } = COUNTS.killedBuilds;
    const killer = new Killer(random, kills);
    const tasks = await killer.during(/^(app-builder|toolchain)/, () => inParallel(count, WIDTH, buildAndPush));
    const images = tasks.flatMap(({ result }) => result?.image_url ?? []);
    say(`builds: ${images.length} of ${tasks.length} completed, ${killer.killed} workers killed`);
    expect(tasks.map(({ stage }) => stage)).toEqual(tasks.map(() => 'finished'));
    for (const { status, error_code } of tasks)
      expect([status, error_code]).toEqual(status === 'failed' ? ['failed', expect.any(String)] : ['completed', null]);
    expect(images.length).toBeGreaterThan(0);
    const before = killer.killed;
    await killer.during(/^app-deployer/, () =>
      inParallel(images.length, WIDTH, (index) => deployed(`killed${index}`, images[index] ?? '')),
    );
    say(`deploys: ${images.length}, ${killer.killed - before} workers killed`);
    expect(killer.killed).toBeGreaterThan(0);
    return [];
  },
};

async function buildAndPush(index: number): Promise<Task> {
  const file = { name: 'app.py', content: `def handler(event):\n    return ${index}\n` };
  const queued = read(await upload('build-and-push', file, { workspace_id: 'ws-killed' }), 202, Queued);
  return ended(queued.task_id, undefined, TASK_ENDS_WITHIN_MS);
}

/** Asked for until it answers at an address: a deploy that failed by a fault of ours may be begun anew. */
const deployed = (app_name: string, image_ref: string): Promise<string> =>
  waitFor(
    `the deploy of ${app_name}`,
    async () => {
      const answer = await deploy({ app_name, image_ref });
      if (answer.status >= 500) return undefined;
      return read(answer, 200, Deployed).endpoint ?? undefined;
    },
    { deadlineMs: DEPLOY_ENDS_WITHIN_MS, everyMs: 500 },
  );

/** Kills so many workers of each kind while something goes on, one after the other. */
class Killer {
  killed = 0;

  constructor(
    readonly random: Random,
    readonly atMost: number,
  ) {}

  async during<T>(names: RegExp, work: () => Promise<T>): Promise<T> {
    const going = { on: true as boolean };
    const working = work().finally(() => (going.on = false));
    const killing = this.#kill(names, going);
    const [done] = await Promise.all([working, killing]);
    return done;
  }

  async #kill(names: RegExp, going: { readonly on: boolean }): Promise<void> {
    for (let count = 0; count < this.atMost && going.on;) {
      await pause(this.random.whole(EVERY_MS.from, EVERY_MS.to));
      const alive = workers((name) => names.test(name));
      if (alive.length === 0 || !kill(this.random.pick(alive))) continue;
      count += 1;
      this.killed += 1;
    }
  }
}
