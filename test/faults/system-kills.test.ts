import { readFile, readdir, mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isPortFree } from '../../local/process/ports';
import { REPOSITORY, startOn } from '../support/system';
import { waitFor } from '../support/wait';
import { Acknowledged } from './support/public-load';
import { say } from './scenarios/scenario';
import { seededTest } from './support/seeded-test';
import { COUNTS, SEED } from './support/settings';

/** `kill -9` of a whole system that `npm start` runs, under load: what it acknowledged is there at the next start. */

const TEST_LIMIT_MS = 40 * 60_000;
const GONE_WITHIN_MS = 60_000;

interface Pids {
  /** What npm runs: sees to the tools, and starts the launcher. */
  readonly starter: number;
  /** Launcher, Lambda service and edge. */
  readonly launcher: number;
  readonly emulator: number;
}

const VICTIMS = {
  'npm start': ({ starter }: Pids) => [starter],
  'the launcher': ({ launcher }: Pids) => [launcher],
  'launcher and emulator at once': ({ launcher, emulator }: Pids) => [launcher, emulator],
};

let stateDir: string;
let running: Awaited<ReturnType<typeof startOn>> | undefined;

beforeAll(async () => {
  say(`seed ${SEED}`);
  await mkdir(path.join(REPOSITORY, '.narae'), { recursive: true });
  stateDir = await mkdtemp(path.join(REPOSITORY, '.narae', 'test-kills-'));
});

afterAll(async () => {
  await running?.stop();
  await rm(stateDir, { recursive: true, force: true });
}, TEST_LIMIT_MS);

const accepted = new Acknowledged();

for (const [name, victims] of Object.entries(VICTIMS)) {
  seededTest(
    `${COUNTS.systemKills.kills} kills of ${name} under load: what was acknowledged is there`,
    TEST_LIMIT_MS,
    async (random) => {
      for (let round = 0; round < COUNTS.systemKills.kills; round += 1) {
        running ??= await startOn(stateDir, 'kills');
        const { url } = running;
        const { pids, ports } = await factsOf(stateDir);
        const load = accepted.work({ url, key: undefined }, random);
        await load.reached(random.whole(1, 40));
        for (const pid of victims(pids)) process.kill(pid, 'SIGKILL');
        await load.ended();
        await waitFor(
          'all processes of the system to end',
          async () => ((await left(stateDir)).length === 0 ? true : undefined),
          {
            deadlineMs: GONE_WITHIN_MS,
          },
        );
        for (const port of ports) expect([port, await isPortFree(port)]).toEqual([port, true]);
        // A system that was killed leaves it, and its address is not the next one's.
        await rm(path.join(stateDir, 'system.json'), { force: true });
        running = await startOn(stateDir, 'kills');
        expect(await accepted.missing({ url: running.url, key: undefined })).toEqual([]);
      }
      say(`${accepted.count} calls acknowledged`);
    },
  );
}

async function factsOf(dir: string): Promise<{ pids: Pids; ports: number[] }> {
  const facts: unknown = JSON.parse(await readFile(path.join(dir, 'system.json'), 'utf8'));
  if (typeof facts !== 'object' || facts === null || !('pid' in facts) || !('ports' in facts))
    throw new Error('system.json has no pid or ports');
  const launcher = Number(facts.pid);
  const stat = await readFile(`/proc/${launcher}/stat`, 'latin1');
  const starter = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  const emulator = Number((await readFile(path.join(dir, 'state/emulator/.running'), 'utf8')).split(' ')[0]);
  return { pids: { starter, launcher, emulator }, ports: Object.values(facts.ports ?? {}).map(Number) };
}

/** Processes that work on this folder, functions and what they have started included. */
async function left(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const told = await Promise.all(
      ['environ', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')),
    );
    if (told.some((text) => text.includes(dir))) found.push(pid);
  }
  return found;
}
