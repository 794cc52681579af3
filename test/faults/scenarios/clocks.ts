import { finished } from '../../support/invocations';
import { inParallel, requestFor, startRun } from '../support/runs';
import { COUNTS } from '../support/settings';
import { count, say, type Scenario } from './scenario';

/** Each process has a clock of its own: five minutes slow, right, or five minutes fast. */
export const clocks: Scenario = {
  name: 'clocks that are five minutes wrong',
  act: async (system, random) => {
    await system.clocks.confuse(random);
    try {
      const ids = await inParallel(COUNTS.clocks.runs, 4, async () => {
        const pausesMs = [random.whole(0, 300), random.whole(0, 300)];
        const id = await startRun(requestFor({ language: random.pick(['python', 'node']), pausesMs }));
        await finished(id);
        return id;
      });
      return ids;
    } finally {
      await system.clocks.confuse(undefined);
    }
  },
  check: (ended) => {
    say(`clocks: ${count(ended)}`);
    // Nobody whose clock is wrong takes a run that is going for one that is lost.
    for (const { status, errorType } of ended) expect([status, errorType]).toEqual(['COMPLETED', null]);
  },
};
