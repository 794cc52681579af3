import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startPackageIndex } from '../support/packages';
import { startProgram, type Program } from '../support/program';
import { BOOTSTRAP, REPOSITORY, systemEnvironment } from '../support/system';
import { NoUseWaiting, waitFor } from '../support/wait';

/** How long the local stack took to serve, seconds. */
export interface StartTimes {
  readonly first: number;
  readonly later: number;
}

export interface OwnSystem {
  readonly url: string;
  readonly stateDir: string;
  readonly start: StartTimes;
  stop(): Promise<void>;
}

const START_MS = 300_000;
const STOP_MS = 60_000;

/** Starts a system from nothing, stops it and starts it again with what it has stored by then. Packages come from an index of ours. */
export async function startTwice(): Promise<OwnSystem> {
  const packages = await startPackageIndex();
  await mkdir(join(REPOSITORY, '.narae'), { recursive: true });
  const stateDir = await mkdtemp(join(REPOSITORY, '.narae/bench-'));
  const first = await start(stateDir, packages.environment);
  await first.program.stop(STOP_MS);
  const later = await start(stateDir, packages.environment);
  return {
    url: later.url,
    stateDir,
    start: { first: first.seconds, later: later.seconds },
    stop: async () => {
      await later.program.stop(STOP_MS);
      packages.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

async function start(
  stateDir: string,
  settings: Readonly<Record<string, string>>,
): Promise<{ program: Program; url: string; seconds: number }> {
  const beganAt = performance.now();
  const program = await startProgram({
    command: process.execPath,
    args: [BOOTSTRAP, 'start'],
    cwd: REPOSITORY,
    env: { ...systemEnvironment(stateDir), NARAE_PORT: '0', ...settings },
  });
  const url = await waitFor(
    'the system to serve',
    async () => {
      if (program.ended() !== undefined) throw new NoUseWaiting(program.tail());
      const facts = JSON.parse(await readFile(join(stateDir, 'system.json'), 'utf8')) as { url: string };
      return (await fetch(`${facts.url}/health`, { signal: AbortSignal.timeout(5_000) })).ok ? facts.url : undefined;
    },
    { deadlineMs: START_MS, everyMs: 100 },
  );
  return { program, url, seconds: Math.round((performance.now() - beganAt) / 100) / 10 };
}
