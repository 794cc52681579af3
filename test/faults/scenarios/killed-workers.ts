import { pause, waitFor } from '../../support/wait';
import type { Random } from '../../support/random';
import { inParallel, requestFor, startRun } from '../support/runs';
import { COUNTS } from '../support/settings';
import { kill, workers } from '../support/workers';
import { say, type Scenario } from './scenario';

const KILLED = 0.3;
/** A kill comes so long after a run was accepted at most, which is about as long as a run takes. */
const WITHIN_MS = 250;
const WIDTH = 6;

const doesWork = (name: string): boolean => name === 'runner' || name.startsWith('sandbox-');

/** While runs are going, workers die: three for ten runs, at any moment, runners and sandboxes alike. */
export const killedWorkers: Scenario = {
  name: 'three workers in ten killed at random',
  act: async (_system, random) => {
    const { runs } = COUNTS.killedWorkers;
    const planned = Math.round(runs * KILLED);
    const doomed = new Set<number>();
    while (doomed.size < planned) doomed.add(random.whole(0, runs - 1));
    let killed = 0;
    const ids = await inParallel(runs, WIDTH, async (index) => {
      const pausesMs = [random.whole(0, 60), random.whole(0, 60)];
      const request = requestFor({ language: random.pick(['python', 'node']), pausesMs, timeoutMs: 2_000 });
      const afterMs = random.whole(0, WITHIN_MS);
      const id = await startRun(request);
      await pause(afterMs);
      if (doomed.has(index)) {
        await waitFor('a worker to kill', () => (killOne(random) ? true : undefined));
        killed += 1;
      }
      return id;
    });
    say(`${ids.length} runs, ${killed} workers killed`);
    expect(killed).toBe(planned);
    return ids;
  },
};

/** @returns whether there was one, and it was alive */
function killOne(random: Random): boolean {
  const alive = workers(doesWork);
  return alive.length > 0 && kill(random.pick(alive));
}
