import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, tail } from './child.mjs';
import { announced, SetupError } from './console.mjs';

const INSTALL_TIME_LIMIT_MS = 15 * 60_000;

/** Installs the npm packages where node_modules is missing or is not what package-lock.json says. */
export async function ensureNodeModules(root) {
  const lockText = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  const stamp = path.join(root, 'node_modules', '.narae-installed');
  const wanted = createHash('sha256').update(lockText).digest('hex');
  if (readIfThere(stamp) === wanted) return;
  const hidden = readIfThere(path.join(root, 'node_modules', '.package-lock.json'));
  if (hidden === undefined || !satisfies(JSON.parse(hidden), JSON.parse(lockText))) {
    const reason = existsSync(path.join(root, 'node_modules')) ? 'package-lock.json changed' : 'first run';
    await announced(`Installing npm packages (${reason}, about a minute)`, () => npmCi(root));
  }
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/**
 * Whether an installed tree (npm's own node_modules/.package-lock.json) holds what the lock file asks for.
 * Packages for other platforms are optional in the lock and absent from the tree.
 */
export function satisfies(installed, lock) {
  const have = installed.packages ?? {};
  return Object.entries(lock.packages ?? {}).every(([folder, wanted]) => {
    if (folder === '' || wanted.link) return true;
    const found = have[folder];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

async function npmCi(root) {
  // npm tells the scripts it runs where it is itself; outside npm, the one on the PATH.
  const cli = process.env.npm_execpath;
  const [program, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const args = [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, output } = await run(program, args, { cwd: root, timeLimitMs: INSTALL_TIME_LIMIT_MS });
  if (status !== 0) throw new SetupError(`npm ci failed (status ${status}):\n${tail(output)}`);
}

/**
 * The folder of the Node 24 that everything of ours runs with: an npm package carries the binary, so that the
 * machine itself needs no more than Node 20.
 */
export function node24Folder(root) {
  const folder = path.join(root, 'node_modules', `node-linux-${process.arch}`, 'bin');
  if (existsSync(path.join(folder, 'node'))) return folder;
  if (Number(process.versions.node.split('.')[0]) >= 24) return path.dirname(process.execPath);
  throw new SetupError(
    `Node 24 is missing: the package node-linux-${process.arch} was not installed. ` +
      'Run "npm ci --ignore-scripts" with optional packages, or put Node 24 on the PATH.',
  );
}

const readIfThere = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
