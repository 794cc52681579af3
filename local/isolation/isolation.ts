import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isExecutable } from '../process/is-executable';
import { run } from '../process/run';
import { type Language, LANGUAGES, findPerLanguage, RUNTIMES } from '../runtimes';
import type { Interpreter } from '../runtimes/runtime';
import { variants, type LauncherOptions, type Tools, type Variant } from './launcher';
import { CHILD_LIMITS, INSTALLER_LIMITS } from './limits';
import { NO_CLIENTS, type PackageClients } from './package-clients';
import { probe } from './probe';
import { systemCallFilter } from './system-calls';

export interface IsolationOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly nodePath: string;
  /** `public` lets user code reach the network of this machine, loopback included. */
  readonly network: 'none' | 'public';
  /** Folder for the probe's files, and for the filter of system calls, which launchers read for as long as they are used. */
  readonly dir: string;
  /** How pip and npm of this machine's owner reach their registries; absent: as they do without any configuration. */
  readonly packageClients?: PackageClients;
}

/** What a function says its children reach (NARAE_CHILD_NETWORK in its environment). */
export type Reach = 'packages';

/** How user code is kept apart on this machine. */
export interface Isolation {
  readonly tier: Variant['tier'];
  /** What is not kept from user code, in words. */
  readonly gaps: readonly string[];
  /** Why it is not better; empty where nothing better was expected. */
  readonly refusals: readonly string[];
  readonly interpreters: Readonly<Record<Language, Interpreter>>;
  /**
   * What every function has in its environment for it: where interpreters are, and NARAE_CHILD_LAUNCHER. One whose children install
   * packages, which is the only thing that has a network by itself, also gets what pip and npm are configured with.
   */
  readonly environment: (taskRoot: string, reach?: Reach) => Readonly<Record<string, string>>;
}

/** Finds the interpreters for user code and the best isolation that works here. */
export async function establishIsolation(options: IsolationOptions): Promise<Isolation> {
  const [interpreters, tools] = await Promise.all([
    findPerLanguage((language) => RUNTIMES[language].findInterpreter(options.environment, options.nodePath)),
    findTools(options.environment),
  ]);
  const launcher: LauncherOptions = {
    tools,
    root: process.getuid?.() === 0,
    network: options.network,
    readable: LANGUAGES.flatMap((language) => interpreters[language].needs),
    late: [],
    limits: CHILD_LIMITS,
    filter: await writeFilter(tools, options.dir),
  };
  const { variant, index, refusals } = await probe({
    ...launcher,
    interpreters,
    dir: options.dir,
  });
  const clients = options.packageClients ?? NO_CLIENTS;
  const argvFor = (taskRoot: string, more: Partial<LauncherOptions>) =>
    variants({ ...launcher, ...more, readable: [...launcher.readable, ...(more.readable ?? []), taskRoot] })[index]
      ?.argv ?? [];
  const ofChildren = (taskRoot: string) => ({
    NARAE_CHILD_LAUNCHER: JSON.stringify(argvFor(taskRoot, { late: ['{libraries}'] })),
  });
  const ofInstallers = (taskRoot: string) => ({
    ...clients.environment,
    NARAE_CHILD_LAUNCHER: JSON.stringify(
      argvFor(taskRoot, { network: 'public', limits: INSTALLER_LIMITS, readable: clients.readable }),
    ),
  });
  return {
    tier: variant.tier,
    gaps:
      options.network === 'none' ? variant.gaps : [...variant.gaps, 'user code reaches the network of this machine'],
    refusals,
    interpreters,
    environment: (taskRoot, reach) => ({
      ...toldOf(interpreters),
      ...(reach === 'packages' ? ofInstallers(taskRoot) : ofChildren(taskRoot)),
    }),
  };
}

const toldOf = (interpreters: Isolation['interpreters']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    LANGUAGES.flatMap((language) => Object.entries(RUNTIMES[language].variables(interpreters[language]))),
  );

/** @returns its file; undefined where there can be none */
async function writeFilter({ bwrapOptions }: Tools, dir: string): Promise<string | undefined> {
  const filter = systemCallFilter(process.arch);
  if (filter === undefined || !bwrapOptions.has('--seccomp')) return undefined;
  const file = path.join(dir, 'system-calls.bpf');
  await mkdir(dir, { recursive: true });
  await writeFile(file, filter);
  return file;
}

async function findTools(environment: NodeJS.ProcessEnv): Promise<Tools> {
  const find = (name: string) =>
    `${environment['PATH'] ?? ''}:/usr/bin:/bin`
      .split(path.delimiter)
      .map((folder) => path.join(folder, name))
      .find(isExecutable);
  const bwrap = find('bwrap');
  const help = bwrap === undefined ? '' : (await run([bwrap, '--help'], { timeLimitMs: 5_000 })).stdout;
  return {
    bwrap,
    setpriv: find('setpriv'),
    prlimit: find('prlimit'),
    bwrapOptions: new Set(help.match(/--[a-z-]+/g)),
  };
}
