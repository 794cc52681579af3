import { inParallel, requestFor, startRun } from '../support/runs';
import { COUNTS } from '../support/settings';
import { say, type Scenario } from './scenario';

/** Every asynchronous message comes two or three times, at once; and again when all is over. */
export const deliveries: Scenario = {
  name: 'every message delivered two and three times',
  act: async (system, random) => {
    system.lambda.duplicate(random);
    try {
      const ids = await inParallel(COUNTS.deliveries.runs, 4, () =>
        startRun(requestFor({ language: random.pick(['python', 'node']), pausesMs: [random.whole(0, 100)] })),
      );
      say(`${ids.length} runs, ${system.lambda.duplicates} messages delivered once more`);
      expect(system.lambda.duplicates).toBeGreaterThanOrEqual(ids.length);
      return ids;
    } finally {
      system.lambda.duplicate(undefined);
    }
  },
  // Nothing was wrong but the number of messages: every run does what it would have done.
  check: (ended) => {
    for (const { status, errorType } of ended) expect([status, errorType]).toEqual(['COMPLETED', null]);
  },
};
