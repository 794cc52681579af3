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
export const PINNED = {
  /** What the installers run: Lambda promises neither, nor which version of it. */
  pip: path.join(PINS, 'pip'),
  npm: path.join(PINS, 'npm'),
  /** What callbacks have without asking (docs/contracts/callbacks.md#build). */
  requests: path.join(PINS, 'requests'),
  axios: path.join(PINS, 'axios'),
} as const;

const INSTALLED = path.join(REPOSITORY, '.narae/pinned');
const TIME_LIMIT_MS = 300_000;
/** Of the sandbox (docs/contracts/invocations.md#semantics). */
const PYTHON = '3.13';
/** Raise it when what is made of equal pins changes. */
const RECIPE = '1';

/**
 * Wheels of pure Python, unpacked, with bytecode: they run on every platform, whatever the machine that fetches them is.
 * Bytecode is that of the Python that fetches; another version reads the sources.
 * @param set folder of its requirements.txt
 * @returns the folder to put on `sys.path`
 * @throws Error when they cannot be fetched
 */
export function pinnedPython(set: string): string {
  const requirements = path.join(set, 'requirements.txt');
  const python = findPython();
  return made(set, [readFileSync(requirements, 'utf8'), python.version], (folder) => {
    const wheels = ['--only-binary', ':all:', '--platform', 'any', '--implementation', 'py', '--abi', 'none'];
    const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-compile'];
    const exactly = ['--no-deps', '--require-hashes', '--requirement', requirements];
    const args = ['-m', 'pip', 'install', ...quiet, ...wheels, '--python-version', PYTHON, ...exactly];
    run(python.program, [...args, '--target', folder], { PIP_ROOT_USER_ACTION: 'ignore' });
    // Programs to be called by name, with the path of this machine's Python in them.
    rmSync(path.join(folder, 'bin'), { recursive: true, force: true });
    run(python.program, ['-m', 'compileall', '-q', '--invalidation-mode', 'unchecked-hash', folder], {});
  });
}

/** @param set folder of its package.json and lock. @returns the folder that holds `node_modules`. @throws Error when the packages cannot be fetched */
export function pinnedNode(set: string): string {
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
