import { isOver, record } from '../../support/invocations';
import { waitFor } from '../../support/wait';
import { inParallel, requestFor, startRun } from '../support/runs';
import { COUNTS } from '../support/settings';
import { count, say, type Scenario } from './scenario';

/** More than one worker asks for a run before it goes back to the queue: this many refusals mean that all have. */
const REFUSALS_PER_RUN = 10;

/** The queue hands a returned run out again after a few minutes at most. */
const OVER_WITHIN_MS = 300_000;

const untilOver = (id: string): Promise<true> =>
  waitFor(`${id} to end`, async () => (isOver(await record(id)) ? true : undefined), {
    deadlineMs: OVER_WITHIN_MS,
    everyMs: 500,
  });

/** For a while no sandbox is to be had: what was accepted waits in the queue, and is executed when there is one again. */
export const fullPlatform: Scenario = {
  name: 'no sandbox to be had',
  act: async (system, random) => {
    const { runs } = COUNTS.fullPlatform;
    system.lambda.fill(true);
    try {
      const ids = await inParallel(runs, runs, () =>
        startRun(requestFor({ language: random.pick(['python', 'node']), pausesMs: [] })),
      );
      await waitFor(
        'runs to be refused',
        () => (system.lambda.refusals >= REFUSALS_PER_RUN * runs ? true : undefined),
        { deadlineMs: 120_000, everyMs: 200 },
      );
      system.lambda.fill(false);
      // What comes next would lose those that still wait in the queue.
      await inParallel(runs, 4, (index) => untilOver(ids[index] ?? ''));
      return ids;
    } finally {
      system.lambda.fill(false);
    }
  },
  check: (ended, system) => {
    say(`full platform: ${system.lambda.refusals} refusals, ${count(ended)}`);
    expect(ended.filter(({ status }) => status !== 'COMPLETED')).toEqual([]);
  },
};
