import { ISSUES, submit } from '../../support/decisions';
import { waitFor } from '../../support/wait';
import { checkDecision, DecisionViewer } from '../support/decisions';
import { inParallel } from '../support/runs';
import { COUNTS } from '../support/settings';
import { say, type Scenario } from './scenario';

/** A run by rules takes about so many writes. */
const WRITES = 18;
const STRIKES_WITHIN_MS = 90_000;
/** Runs at a time, which is how many streams are open. */
const WIDTH = 8;

/** Followed runs, for the check: by then a lost run has come to its end. */
const followed: DecisionViewer[] = [];

/**
 * The decider is killed at writes that are spread over a run, before one arrives or when its answer is under way. Somebody follows
 * each run. Other faults do not wait until the lost ones are over, a minute after their last event.
 */
export const killedDeciders: Scenario = {
  name: 'deciders killed at moments spread over a run',
  act: async (system, random) => {
    const { runs } = COUNTS.killedDeciders;
    const struck = await inParallel(runs, WIDTH, async (index) => {
      const title = `decision_${index}`;
      const write = 1 + Math.floor((index * WRITES) / runs);
      system.store.killAt(title, { write, moment: random.pick(['before', 'after']), times: 1 });
      const viewer = new DecisionViewer(await submit({ ...random.pick([ISSUES.A, ISSUES.D]), title }));
      followed.push(viewer);
      await waitFor(
        `the decider of ${viewer.submitted.run_id} to be killed or to end`,
        () => (system.store.killed(title) > 0 || viewer.isOver ? true : undefined),
        { deadlineMs: STRIKES_WITHIN_MS, everyMs: 20 },
      );
      if (index + WIDTH < runs) await viewer.text();
      return system.store.killed(title);
    });
    const killed = struck.reduce((sum, one) => sum + one, 0);
    say(`decisions: ${runs} runs, ${killed} deciders killed`);
    expect(killed).toBeGreaterThan(runs / 2);
    return [];
  },
  check: async (_ended, system) => {
    const ends = await inParallel(followed.length, WIDTH, (index) => {
      const viewer = followed[index];
      if (!viewer) throw new Error('There is no such run.');
      return checkDecision(system, viewer);
    });
    say(
      `decisions: ${ends.filter((end) => end === 'FAILED').length} of ${ends.length} runs were lost and went on by feedback`,
    );
    expect(ends).toContain('FAILED');
  },
};
