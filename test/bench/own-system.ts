import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startPackageIndex } from '../support/packages';
import { REPOSITORY, startOn } from '../support/system';

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

/** Starts a system from nothing, stops it and starts it again with what it has stored by then. Packages come from an index of ours. */
export async function startTwice(): Promise<OwnSystem> {
  const packages = await startPackageIndex();
  await mkdir(join(REPOSITORY, '.narae'), { recursive: true });
  const stateDir = await mkdtemp(join(REPOSITORY, '.narae/bench-'));
  const first = await start(stateDir, packages.environment);
  await first.stop();
  const later = await start(stateDir, packages.environment);
  return {
    url: later.url,
    stateDir,
    start: { first: first.seconds, later: later.seconds },
    stop: async () => {
      await later.stop();
      packages.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

async function start(stateDir: string, settings: Readonly<Record<string, string>>) {
  const beganAt = performance.now();
  const system = await startOn(stateDir, 'bench', [], settings);
  return { ...system, seconds: Math.round((performance.now() - beganAt) / 100) / 10 };
}
