import { untilNothingExecutes } from '../support/invariants';
import { inParallel, requestFor, tryToStart } from '../support/runs';
import { COUNTS } from '../support/settings';
import { count, say, type Scenario } from './scenario';

/** Everything behind the functions stops while runs are going, and comes back with what it had stored. */
export const restarts: Scenario = {
  name: 'the emulator restarted under running code',
  act: async (system, random) => {
    // What the scenario before it lost would wait for a reaper that the restarts keep away.
    await untilNothingExecutes(system);
    const ids: string[] = [];
    let refused = 0;
    for (let round = 0; round < COUNTS.restarts.restarts; round += 1) {
      let restarting: Promise<void> | undefined;
      const { runsEach } = COUNTS.restarts;
      await inParallel(runsEach, 4, async (index) => {
        if (index === Math.floor(runsEach / 2)) restarting = system.emulator.restart();
        const pausesMs = [random.whole(0, 800), random.whole(0, 800)];
        const id = await tryToStart(requestFor({ language: random.pick(['python', 'node']), pausesMs }));
        if (id === undefined) refused += 1;
        else ids.push(id);
        // Refused at once, requests would all be spent before the emulator is back.
        if (id === undefined) await restarting;
      });
      await restarting;
    }
    say(`${ids.length} runs, ${COUNTS.restarts.restarts} restarts, ${refused} requests refused meanwhile`);
    return ids;
  },
  // The reaper's schedule begins anew with each start.
  reaperAwayMs: 60_000,
  check: (ended) => say(`restarts: ${count(ended)}`),
};
