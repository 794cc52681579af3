import { isOver, record } from '../../support/invocations';
import { waitFor } from '../../support/wait';
import { inParallel, requestFor, startRun } from '../support/runs';
import { COUNTS } from '../support/settings';
import type { KillPlan } from '../support/store-faults';
import { say, type Scenario } from './scenario';

/** What every run with a cold worker writes: claim, start, lines, end. Some write more: chunks, a result. */
const WRITES_OF_ALL = 4;
const WRITES = 8;
const MOMENTS = ['before', 'after'] as const;
const BOUNDARIES = Array.from({ length: WRITES }, (_, index) => index + 1).flatMap((write) =>
  MOMENTS.map((moment) => ({ write, moment })),
);
const STRIKES_WITHIN_MS = 90_000;
/** Runs at a time. */
const WIDTH = 4;

/**
 * The runner is killed at every write of a run: before it arrives, and when it has arrived and the answer is under way.
 * Where a run ends before it gets so far, the next boundary is tried, until there were as many deaths as there should be.
 */
export const boundaries: Scenario = {
  name: 'runners killed at every commit boundary',
  // The first scenario on a system that has just been deployed: its schedule comes for the first time within a minute.
  reaperAwayMs: 60_000,
  act: async (system, random) => {
    const ids: string[] = [];
    const struckAt = new Map<string, number>();
    /** @returns whether the runner died there */
    const strike = async (number: number, plan: Omit<KillPlan, 'times'>): Promise<boolean> => {
      const handler = `run_${number}` as const;
      system.store.killAt(handler, { ...plan, times: 1 });
      const request = requestFor({
        handler,
        language: random.pick(['python', 'node']),
        pausesMs: [40, 40, 40, 40],
        line: 'x'.repeat(700),
        resultBytes: random.pick([20, 12_000]),
        timeoutMs: 2_000,
      });
      const id = await startRun(request);
      ids.push(id);
      await waitFor(
        `the worker of ${id} to be killed or to end`,
        async () => (system.store.killed(handler) > 0 || isOver(await record(id)) ? true : undefined),
        { deadlineMs: STRIKES_WITHIN_MS, everyMs: 50 },
      );
      return system.store.killed(handler) > 0;
    };
    const { kills } = COUNTS.boundaries;
    let struck = 0;
    let numbers = 0;
    await inParallel(3 * kills, WIDTH, async (index) => {
      if (struck >= kills) return;
      const plan = BOUNDARIES[index % BOUNDARIES.length] ?? random.pick(BOUNDARIES);
      if (!(await strike((numbers += 1), plan))) return;
      struck += 1;
      const boundary = `${plan.moment} ${plan.write}`;
      struckAt.set(boundary, (struckAt.get(boundary) ?? 0) + 1);
    });
    const counts = [...struckAt].sort(([a], [b]) => a.localeCompare(b)).map((at) => at.join(': '));
    say(`boundaries: ${ids.length} runs, ${struck} runners killed at a write (${counts.join(', ')})`);
    expect(struck).toBeGreaterThanOrEqual(kills);
    for (const { write, moment } of BOUNDARIES.slice(0, MOMENTS.length * WRITES_OF_ALL))
      expect(struckAt.get(`${moment} ${write}`)).toBeGreaterThan(0);
    return ids;
  },
};
