import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { REPOSITORY } from './bundle';
import { madeFolder } from './made-folder';

/**
 * Packages of others that functions bring along, each set pinned with hashes in a folder of `lib/bundle/packages`. They
 * are fetched by the ordinary clients, with whatever registries these are configured with, once per lock and clone
 * (`.narae/pinned`).
 */
const PINS = path.join(__dirname, 'packages');

/** Folder of a set, which has its pins. */
export const pinsOf = (set: string): string => path.join(PINS, set);

const INSTALLED = path.join(REPOSITORY, '.narae/pinned');
const TIME_LIMIT_MS = 300_000;
/** Of the sandbox (docs/contracts/invocations.md#semantics). */
const PYTHON = '3.13';
/** Raise it when what is made of equal pins changes. */
const RECIPE = '1';

/** Which wheels are taken. */
export interface PythonTarget {
  /** e.g. `3.13` */
  readonly version: string;
  /** As in the names of wheels; absent: wheels of pure Python, which run on every platform. */
  readonly machine?: string;
}

/** The sandboxes' Python on every machine. */
const ANYWHERE: PythonTarget = { version: PYTHON };
/** Lambda: its Linux has glibc 2.34. */
export const LAMBDA_PYTHON: PythonTarget = { version: PYTHON, machine: 'aarch64' };
/** Newer platforms first. pip takes each tag by itself. */
const GLIBC = ['2_34', '2_31', '2_28', '2_24', '2_17'];

/** This machine, and the Python on it that makes packages and that functions of a local stage run on. */
export const localPython = (): PythonTarget => ({
  version: findPython().version,
  machine: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
});

function wheelsFor({ version, machine }: PythonTarget): string[] {
  const only = ['--only-binary', ':all:', '--python-version', version];
  if (machine === undefined) return [...only, '--platform', 'any', '--implementation', 'py', '--abi', 'none'];
  const platforms = [...GLIBC.map((glibc) => `manylinux_${glibc}_${machine}`), `manylinux2014_${machine}`, 'any'];
  const abis = [`cp${version.replace('.', '')}`, 'abi3', 'none'];
  return [
    ...only,
    ...platforms.flatMap((platform) => ['--platform', platform]),
    ...['--implementation', 'cp'],
    ...abis.flatMap((abi) => ['--abi', abi]),
  ];
}

/**
 * Wheels, unpacked, with bytecode. Bytecode is that of the Python that fetches; another version reads the sources.
 * @param set folder of its requirements.txt
 * @returns the folder to put on `sys.path`
 * @throws Error when they cannot be fetched
 */
export function pipPackages(set: string, target: PythonTarget = ANYWHERE): string {
  const requirements = path.join(set, 'requirements.txt');
  const python = findPython();
  return made(set, [readFileSync(requirements, 'utf8'), python.version, ...describe(target)], (folder) => {
    const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-compile'];
    const exactly = ['--no-deps', '--require-hashes', '--requirement', requirements];
    const args = ['-m', 'pip', 'install', ...quiet, ...wheelsFor(target), ...exactly];
    run(python.program, [...args, '--target', folder], { PIP_ROOT_USER_ACTION: 'ignore' });
    // Programs to be called by name, with the path of this machine's Python in them.
    rmSync(path.join(folder, 'bin'), { recursive: true, force: true });
    run(python.program, ['-m', 'compileall', '-q', '--invalidation-mode', 'unchecked-hash', folder], {});
  });
}

const describe = ({ version, machine }: PythonTarget): string[] => (machine === undefined ? [] : [version, machine]);

/**
 * A folder that a program in Python fills, once per inputs and clone.
 * @param inputs texts that decide what becomes of it
 * @param command the program's arguments, given the folder
 */
export const madeByPython = (
  name: string,
  inputs: readonly string[],
  command: (folder: string) => readonly string[],
): string =>
  made(name, [...inputs, findPython().version], (folder) => {
    run(findPython().program, command(folder), {});
  });

/** @param set folder of its package.json and lock. @returns the folder that holds `node_modules`. @throws Error when the packages cannot be fetched */
export function npmPackages(set: string): string {
  const files = ['package.json', 'package-lock.json'].map((name) => path.join(set, name));
  return made(
    set,
    files.map((file) => readFileSync(file, 'utf8')),
    (folder) => {
      for (const file of files) copyFileSync(file, path.join(folder, path.basename(file)));
      const cli = process.env['npm_execpath'];
      const [program, first] = cli?.endsWith('.js') === true ? [process.execPath, [cli]] : ['npm', []];
      run(
        program,
        [...first, 'ci', '--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund', '--silent'],
        {},
        folder,
      );
      rmSync(path.join(folder, 'node_modules', '.package-lock.json'), { force: true });
    },
  );
}

/** The folder of what a set and its inputs make. */
function made(set: string, inputs: readonly string[], make: (folder: string) => void): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([RECIPE, ...inputs]))
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(INSTALLED, `${path.basename(set)}-${digest}`);
  try {
    return madeFolder(folder, make);
  } catch (error) {
    throw new Error(`The packages of ${path.basename(set)} could not be fetched`, { cause: error });
  }
}

interface Python {
  readonly program: string;
  readonly version: string;
}

let known: Python | undefined;

/** One that has pip; best of the sandbox's own version. */
function findPython(): Python {
  if (known) return known;
  const candidates = [
    process.env['NARAE_PYTHON'] ?? '',
    `python${PYTHON}`,
    ...pyenvVersions(),
    path.join(process.env['NARAE_PYTHON_VENV'] ?? path.join(REPOSITORY, '.narae/venv'), 'bin/python'),
    'python3',
  ];
  for (const program of candidates.filter((candidate) => candidate !== '')) {
    const { status, stdout } = spawnSync(program, ['-c', 'import pip, sys; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    if (status === 0) return (known = { program, version: stdout.trim() });
  }
  throw new Error(`No Python with pip was found (tried ${candidates.join(', ')})`);
}

/** pyenv's shims run a version only where it is activated; the versions themselves lie in a folder. */
function pyenvVersions(): string[] {
  const folder = path.join(process.env['PYENV_ROOT'] ?? path.join(homedir(), '.pyenv'), 'versions');
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder).filter((name) => name.startsWith(`${PYTHON}.`));
  return versions.map((name) => path.join(folder, name, 'bin', `python${PYTHON}`));
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): void {
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS,
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  });
  if (status !== 0) throw new Error(`${program} ${args[0] ?? ''} failed: ${error?.message ?? stderr.slice(-2000)}`);
}
