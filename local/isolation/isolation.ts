import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { run } from '../process/run';
import { findPython, type Interpreter } from './interpreters';
import { variants, type LauncherOptions, type Tools, type Variant } from './launcher';
import { CHILD_LIMITS } from './limits';
import { probe } from './probe';

export interface IsolationOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly nodePath: string;
  /** `public` lets user code reach the network of this machine, loopback included. */
  readonly network: 'none' | 'public';
  /** Folder for the probe's files. */
  readonly dir: string;
}

/** How user code is kept apart on this machine. */
export interface Isolation {
  readonly tier: Variant['tier'];
  /** What is not kept from user code, in words. */
  readonly gaps: readonly string[];
  /** Why it is not better; empty where nothing better was expected. */
  readonly refusals: readonly string[];
  readonly python: Interpreter;
  /** What every function has in its environment for it: NARAE_PYTHON and NARAE_CHILD_LAUNCHER. */
  readonly environment: (taskRoot: string) => Readonly<Record<string, string>>;
}

/** Finds the interpreter for user code and the best isolation that works here. */
export async function establishIsolation(options: IsolationOptions): Promise<Isolation> {
  const [python, tools] = await Promise.all([findPython(options.environment), findTools(options.environment)]);
  const launcher: LauncherOptions = {
    tools,
    root: process.getuid?.() === 0,
    network: options.network,
    readable: [...python.needs, options.nodePath],
    limits: CHILD_LIMITS,
  };
  const { variant, index, refusals } = await probe({
    ...launcher,
    python,
    nodePath: options.nodePath,
    dir: options.dir,
  });
  const argvFor = (taskRoot: string) =>
    variants({ ...launcher, readable: [...launcher.readable, taskRoot] })[index]?.argv ?? [];
  return {
    tier: variant.tier,
    gaps:
      options.network === 'none' ? variant.gaps : [...variant.gaps, 'user code reaches the network of this machine'],
    refusals,
    python,
    environment: (taskRoot) => ({
      NARAE_PYTHON: python.path,
      NARAE_CHILD_LAUNCHER: JSON.stringify(argvFor(taskRoot)),
    }),
  };
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

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
