import { inParallel, requestFor, tryToStart } from '../support/runs';
import { COUNTS } from '../support/settings';
import { count, say, type Scenario } from './scenario';

const REFUSED = 0.2;

/** The store refuses one call in five, reads and writes, tables and bucket, while runs come and go. */
export const throttling: Scenario = {
  name: 'a store that refuses one call in five',
  act: async (system, random) => {
    const until = performance.now() + COUNTS.throttling.seconds * 1_000;
    const ids: string[] = [];
    let refused = 0;
    system.store.throttle(random, REFUSED);
    try {
      while (performance.now() < until) {
        await inParallel(4, 4, async () => {
          const pausesMs = [random.whole(0, 100), random.whole(0, 100)];
          const id = await tryToStart(requestFor({ language: random.pick(['python', 'node']), pausesMs }));
          if (id === undefined) refused += 1;
          else ids.push(id);
        });
      }
    } finally {
      system.store.unthrottle();
    }
    const { calls, refused: throttled } = system.store.throttling;
    say(`throttling: ${ids.length} runs in ${COUNTS.throttling.seconds} s, ${throttled} of ${calls} calls refused`);
    say(`throttling: ${refused} requests answered 503`);
    expect(ids.length).toBeGreaterThan(0);
    // Far from what chance does to a hundred calls.
    expect(throttled).toBeGreaterThan((calls * REFUSED) / 4);
    return ids;
  },
  // Workers insist: what was accepted is executed.
  check: (ended) => {
    say(`throttling: ${count(ended)}`);
    const completed = ended.filter(({ status }) => status === 'COMPLETED').length;
    expect(completed).toBeGreaterThanOrEqual(Math.floor(ended.length * 0.95));
  },
};
