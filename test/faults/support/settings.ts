import { randomInt } from 'node:crypto';

/** How much of everything a run of the suite does: the whole (`npm run test:faults`), or a part of it (`npm test`). */

const FULL = process.env['NARAE_FAULTS'] === 'full';

export const COUNTS = FULL
  ? {
      killedWorkers: { runs: 1_000 },
      boundaries: { kills: 200 },
      deliveries: { runs: 200 },
      races: { runs: 500 },
      streams: { streams: 500, perRun: 5 },
      throttling: { seconds: 180 },
      clocks: { runs: 100 },
      restarts: { restarts: 5, runsEach: 20 },
      emulatorKills: { kills: 100 },
      systemKills: { kills: 5 },
      fullPlatform: { runs: 50 },
      killedBuilds: { tasks: 60, kills: 60 },
      killedDeciders: { runs: 72 },
    }
  : {
      killedWorkers: { runs: 40 },
      boundaries: { kills: 16 },
      deliveries: { runs: 16 },
      races: { runs: 30 },
      streams: { streams: 20, perRun: 5 },
      throttling: { seconds: 10 },
      clocks: { runs: 16 },
      restarts: { restarts: 1, runsEach: 12 },
      emulatorKills: { kills: 5 },
      systemKills: { kills: 1 },
      fullPlatform: { runs: 6 },
      killedBuilds: { tasks: 4, kills: 3 },
      killedDeciders: { runs: 8 },
    };

/** Every choice of the suite follows from it, apart from what two processes do at the same moment. */
export const SEED = readSeed(process.env['NARAE_FAULT_SEED']);

/** What repeats the choices of this run. */
export const REPEAT = FULL
  ? `NARAE_FAULT_SEED=${SEED} npm run test:faults`
  : `NARAE_FAULT_SEED=${SEED} npm test -- --selectProjects faults`;

function readSeed(text: string | undefined): number {
  if (text === undefined || text === '') return randomInt(2 ** 31);
  if (!/^\d{1,10}$/.test(text)) throw new Error(`NARAE_FAULT_SEED must be a whole number; it is "${text}".`);
  return Number(text);
}
