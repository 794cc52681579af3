import { boundaries } from './scenarios/boundaries';
import { clocks } from './scenarios/clocks';
import { cutStreams } from './scenarios/cut-streams';
import { deadLetters } from './scenarios/dead-letters';
import { deliveries } from './scenarios/deliveries';
import { killedDeciders } from './scenarios/killed-deciders';
import { killedBuilds } from './scenarios/killed-builds';
import { killedWorkers } from './scenarios/killed-workers';
import { fullPlatform } from './scenarios/full-platform';
import { races } from './scenarios/races';
import { restarts } from './scenarios/restarts';
import { say } from './scenarios/scenario';
import { throttling } from './scenarios/throttling';
import { startFaultSystem, type FaultSystem } from './support/fault-system';
import { checkNothingOverdue, checkRuns } from './support/invariants';
import { seededTest } from './support/seeded-test';
import { SEED } from './support/settings';

/** Faults on a whole system, over HTTP (docs/faults.md). Those whose runs end late come first: their ends are looked at last; what keeps
 *  the reaper away comes last, so that it does so for no others. */
const SCENARIOS = [
  boundaries,
  killedDeciders,
  killedWorkers,
  killedBuilds,
  deadLetters,
  deliveries,
  races,
  cutStreams,
  clocks,
  throttling,
  fullPlatform,
  restarts,
];

const START_WITHIN_MS = 300_000;
/** The whole suite's longest act is 1,000 runs while workers die. */
const ACT_WITHIN_MS = 30 * 60_000;
const CHECK_WITHIN_MS = 30 * 60_000;

let started: FaultSystem | undefined;
const accepted = new Map<string, string[]>();

beforeAll(async () => {
  say(`seed ${SEED}`);
  const system = await startFaultSystem(say);
  started = system;
  // The helpers of the acceptance tests speak to the system that this names.
  process.env['NARAE_URL'] = system.url;
}, START_WITHIN_MS);

afterAll(() => started?.stop(), START_WITHIN_MS);

function running(): FaultSystem {
  if (!started) throw new Error('The system did not start; the reason is above.');
  return started;
}

for (const { name, act } of SCENARIOS) {
  seededTest(name, ACT_WITHIN_MS, async (random) => {
    accepted.set(name, await act(running(), random));
  });
}

for (const { name, check, reaperAwayMs } of SCENARIOS) {
  seededTest(
    `${name}: each run ended once, its log is whole and its code was started once at most`,
    CHECK_WITHIN_MS,
    async () => {
      const ids = accepted.get(name);
      if (!ids) throw new Error('These runs were not started; the reason is above.');
      const ended = await checkRuns(running(), ids, reaperAwayMs);
      await check?.(ended, running());
    },
  );
}

test('nothing is open past its deadline', () => checkNothingOverdue(running()));
