import { post, read, refusal } from '../../support/api';
import { Invocation } from '../../support/shapes';
import { inParallel, requestFor, startRun } from '../support/runs';
import { finished } from '../../support/invocations';
import { COUNTS } from '../support/settings';
import { count, say, type Scenario } from './scenario';
import { pause } from '../../support/wait';

/** What the caller of cancel was told, by run. */
const told = new Map<string, 'CANCELLED' | 'COMPLETED' | 'FAILED'>();

/** A cancel comes at most so long before or after the moment at which one came neither too early nor too late. */
const AROUND_MS = 25;
/** How far that moment is moved by each that came too early or too late. */
const STEP_MS = 8;

/** Cancels that come about when a run ends by itself: one of the two wins, and everybody is told the same. */
export const races: Scenario = {
  name: 'cancels that race with the end',
  act: async (_system, random) => {
    // Cold workers take a second; a moment that is right for those would be late for all others.
    await Promise.all([0, 1, 2, 3].map(async () => finished(await startRun(requestFor()))));
    let endsAfterMs = 30;
    return inParallel(COUNTS.races.runs, 4, async () => {
      const request = requestFor({ pausesMs: [random.whole(0, 20)] });
      const offMs = random.whole(-AROUND_MS, AROUND_MS);
      const id = await startRun(request);
      await pause(Math.max(0, endsAfterMs + offMs));
      const outcome = await cancel(id);
      told.set(id, outcome);
      endsAfterMs = Math.max(0, endsAfterMs + (outcome === 'CANCELLED' ? STEP_MS : -STEP_MS));
      return id;
    });
  },
  check: (ended) => {
    say(`races: ${count(ended)}`);
    for (const { invocationId, status, errorType } of ended) {
      expect([invocationId, errorType ?? status]).toEqual([invocationId, told.get(invocationId)]);
    }
    // Both ways to end were met, or these were no races.
    expect(new Set(told.values())).toEqual(new Set(['CANCELLED', 'COMPLETED']));
  },
};

/** @returns what the caller was told of how the run ended */
async function cancel(id: string): Promise<'CANCELLED' | 'COMPLETED' | 'FAILED'> {
  const answer = await post(`/invocations/${id}/cancel`);
  if (answer.status === 200) {
    expect(read(answer, 200, Invocation)).toMatchObject({ status: 'FAILED', errorType: 'CANCELLED' });
    return 'CANCELLED';
  }
  const { details } = refusal(answer, 409, 'INVOCATION_ALREADY_FINISHED');
  return details?.['status'] === 'COMPLETED' ? 'COMPLETED' : 'FAILED';
}
