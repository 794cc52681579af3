import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { REPOSITORY } from '../../support/system';
import { waitFor } from '../../support/wait';
import type { Language } from '../attacks/attack';
import { descendantsOf, descriptorsOf, mounts, processesWith } from './processes';

/** What a running system says of itself in `system.json`. */
const Facts = z.looseObject({
  pid: z.int(),
  awsEndpoint: z.string(),
  region: z.string(),
  ports: z.record(z.string(), z.int()),
  outputs: z.record(z.string(), z.record(z.string(), z.string())),
  isolation: z.looseObject({ tier: z.string() }),
  logs: z.string(),
});
export type Facts = z.output<typeof Facts>;

export const factsOf = (stateDir: string): Facts =>
  Facts.parse(JSON.parse(readFileSync(path.join(stateDir, 'system.json'), 'utf8')));

const SUPERVISOR: Readonly<Record<Language, RegExp>> = {
  python: /\/supervisor\.py /,
  node: / supervisor\.handler /,
};

/** One sandbox environment between two runs. */
interface Environment {
  readonly pid: number;
  readonly processes: number;
  readonly descriptors: number;
  readonly scratchFolders: number;
}

/** The machine that the system under attack runs on, and what may be left on it. */
export class Machine {
  readonly #mountsBefore = mounts();

  constructor(
    readonly stateDir: string,
    readonly facts: Facts,
  ) {}

  static of(stateDir: string): Machine {
    return new Machine(stateDir, factsOf(stateDir));
  }

  /** What an attack left on this machine, in words; empty where it left nothing. */
  async remainsOf(mark: string): Promise<string[]> {
    const stray = await waitFor('the processes of the attack to be gone', () => {
      return processesWith(mark).length === 0 ? [] : undefined;
    }).catch(() => processesWith(mark).map(({ pid, commandLine }) => `process ${pid}: ${commandLine.slice(0, 200)}`));
    return [
      ...stray,
      ...this.#filesWith(mark).map((file) => `file ${file}`),
      ...(mounts() === this.#mountsBefore ? [] : ['the mounts of this machine are others']),
    ];
  }

  /** Sandbox environments of a language, once each of them waits for its next run. */
  environmentsAtRest(language: Language): Promise<Environment[]> {
    return waitFor('the sandbox environments to come to rest', () => {
      const environments = this.#environments(language);
      // At rest each has one prewarmed child, and the scratch folder of that.
      const atRest = environments.every(({ processes, scratchFolders }) => processes > 0 && scratchFolders === 1);
      return atRest ? environments : undefined;
    });
  }

  #environments(language: Language): Environment[] {
    return descendantsOf(this.facts.pid)
      .filter(({ parent, commandLine }) => parent === this.facts.pid && SUPERVISOR[language].test(commandLine))
      .map(({ pid }) => {
        const children = descendantsOf(pid);
        const folders = new Set(
          children.flatMap(({ commandLine }) => /\/narae-[0-9a-f]{32}/.exec(commandLine)?.[0] ?? []),
        );
        return {
          pid,
          processes: children.length,
          descriptors: descriptorsOf(pid).length,
          scratchFolders: Math.max(folders.size, this.#scratchFoldersBeside(folders)),
        };
      });
  }

  /** How many scratch folders there are where the ones of these names lie. */
  #scratchFoldersBeside(names: ReadonlySet<string>): number {
    const all = walk(path.join(this.stateDir, 'work/tmp'), 2).filter((file) => /\/narae-[0-9a-f]{32}$/.test(file));
    const folders = new Set(
      all.filter((file) => [...names].some((name) => file.endsWith(name))).map((file) => path.dirname(file)),
    );
    return all.filter((file) => folders.has(path.dirname(file))).length;
  }

  #filesWith(mark: string): string[] {
    const places = [tmpdir(), '/var/tmp', '/dev/shm', '/run', path.join(this.stateDir, 'work'), REPOSITORY];
    return places.flatMap((place) => walk(place, 4)).filter((file) => path.basename(file).includes(mark));
  }
}

const LEFT_OUT = new Set(['node_modules', '.git', 'venv', 'proc']);

/** Files and folders down to a depth; what can't be read is left out. */
function walk(folder: string, depth: number): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    const inside = entry.isDirectory() && depth > 1 && !LEFT_OUT.has(entry.name) ? walk(file, depth - 1) : [];
    return [file, ...inside];
  });
}
