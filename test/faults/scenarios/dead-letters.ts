import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { record } from '../../support/invocations';
import { BOOTSTRAP, REPOSITORY, systemEnvironment } from '../../support/system';
import { waitFor } from '../../support/wait';
import type { FaultSystem } from '../support/fault-system';
import { inParallel, requestFor, startRun } from '../support/runs';
import { say, type Scenario } from './scenario';

/** Three tries and their pauses, on a busy machine. */
const GIVEN_UP_WITHIN_MS = 60_000;
const TRIES = 3;
const RUNS = 3;

/** Runs whose every worker dies before it has claimed them: Lambda gives up, and somebody sends what it gave up again. */
export const deadLetters: Scenario = {
  name: 'orders that were given up and sent again',
  act: async (system) => {
    const ids = await inParallel(RUNS, RUNS, async (index) => {
      const handler = `run_${4_000 + index}` as const;
      system.store.killAt(handler, { write: 1, moment: 'before', times: TRIES });
      return startRun(requestFor({ handler }));
    });
    const lookAtLetters = async () => {
      const output = await replayCommand(system, '--queue', 'runner', '--dry-run');
      return ids.every((id) => output.includes(`found  `) && output.includes(id)) ? output : undefined;
    };
    const found = await waitFor('the dead letters', lookAtLetters, { deadlineMs: GIVEN_UP_WITHIN_MS, everyMs: 500 });
    expect(found).toContain(`RetriesExhausted (${TRIES} tries)`);
    // A look changes nothing.
    for (const id of ids) expect((await record(id)).status).toBe('REQUEST_RECEIVED');

    const sent = await replayCommand(system);
    for (const id of ids) expect(sent).toMatch(new RegExp(`^sent  .*${id}`, 'm'));
    expect(sent).toMatch(/^runner: \d+ sent again, 0 left, 0 could not be sent$/m);
    expect(await replayCommand(system, '--queue', 'runner')).toBe(
      'runner: 0 sent again, 0 left, 0 could not be sent\n',
    );
    say(`dead letters: ${/^runner: .*$/m.exec(sent)?.[0] ?? ''}`);
    return ids;
  },
  check: (ended) => {
    for (const { status, errorType } of ended) expect([status, errorType]).toEqual(['COMPLETED', null]);
  },
};

/** `npm run replay -- ...` @returns what it wrote to stdout. Throws if it fails */
async function replayCommand({ stateDir }: FaultSystem, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BOOTSTRAP, 'replay', '--stage', 'local', ...args], {
    cwd: REPOSITORY,
    env: systemEnvironment(stateDir),
    timeout: 60_000,
  });
  return stdout;
}
