import { setTimeout } from 'node:timers/promises';
import { inParallel, requestFor, startRun } from '../support/runs';
import { COUNTS } from '../support/settings';
import { kill, workers } from '../support/workers';
import { say, type Scenario } from './scenario';

const KILLED = 0.3;
/** A kill comes so long after a run was accepted at most, which is about as long as a run takes. */
const WITHIN_MS = 250;
const WIDTH = 6;

const doesWork = (name: string): boolean => name === 'runner' || name.startsWith('sandbox-');

/** While runs are going, workers die: as many as three in ten runs, at any moment, runners and sandboxes alike. */
export const killedWorkers: Scenario = {
  name: 'three workers in ten killed at random',
  act: async (_system, random) => {
    let killed = 0;
    const ids = await inParallel(COUNTS.killedWorkers.runs, WIDTH, async () => {
      const pausesMs = [random.whole(0, 60), random.whole(0, 60)];
      const request = requestFor({ language: random.pick(['python', 'node']), pausesMs, timeoutMs: 2_000 });
      const [dies, afterMs] = [random.chance(KILLED), random.whole(0, WITHIN_MS)];
      const id = await startRun(request);
      await setTimeout(afterMs);
      if (dies) {
        const alive = workers(doesWork);
        if (alive.length > 0 && kill(random.pick(alive))) killed += 1;
      }
      return id;
    });
    say(`${ids.length} runs, ${killed} workers killed`);
    expect(killed).toBeGreaterThan(ids.length * KILLED * 0.5);
    return ids;
  },
};
