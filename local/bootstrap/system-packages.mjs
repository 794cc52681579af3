import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { run, tail } from './child.mjs';
import { announced, say } from './console.mjs';

const UPDATE_TIME_LIMIT_MS = 120_000;
const INSTALL_TIME_LIMIT_MS = 300_000;

/** Browsers that playwright-core can drive, as packages name them. */
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Bubblewrap isolates user code on this machine. Without it the stack runs, on loopback only. */
export async function ensureBubblewrap() {
  if (findOnPath('bwrap') || process.env.NARAE_SKIP_SYSTEM_PACKAGES === '1') return;
  say('bubblewrap is missing. It keeps the code that people run away from your files and network.');
  if (await aptInstall('bubblewrap')) return;
  say('  Going on without: user code gets process limits only, and the address stays on loopback.');
  say(`  Install it with: ${installCommand('bubblewrap')}`);
}

/** The browser tests need a Chromium; the others run without. Answers its path where there is one. */
export async function ensureChromium() {
  const found = process.env.NARAE_CHROMIUM ?? findChromium();
  if (found || process.env.NARAE_SKIP_SYSTEM_PACKAGES === '1') return found;
  say('chromium is missing. The browser tests need it.');
  if (await aptInstall('chromium')) return findChromium();
  say('  Going on without: the browser tests are skipped.');
  say(`  Install it with: ${installCommand('chromium')}`);
  return undefined;
}

/** Programs that nobody here wrote, by their Debian packages: tests let them read what we push, and keep it. */
const REGISTRY_PROGRAMS = ['skopeo', 'docker-registry'];

/** Tests that need them are skipped without them. */
export async function ensureRegistryPrograms() {
  if (process.env.NARAE_SKIP_SYSTEM_PACKAGES === '1') return;
  for (const name of REGISTRY_PROGRAMS.filter((program) => !findOnPath(program))) {
    say(`${name} is missing. Tests of what is pushed to registries need it.`);
    if (await aptInstall(name)) continue;
    say('  Going on without: those tests are skipped.');
    say(`  Install it with: ${installCommand(name)}`);
  }
}

/** Installs a Debian package where that is possible without asking anyone; false where it is not. */
export async function aptInstall(name) {
  if (process.getuid?.() !== 0 || !findOnPath('apt-get')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60', name];
  return announced(`Installing the system package ${name} with apt-get`, async () => {
    let result = await run('apt-get', install, { env, timeLimitMs: INSTALL_TIME_LIMIT_MS });
    if (result.status !== 0) {
      // A fresh machine knows no packages until it has read the lists; an old one has stale ones.
      await run('apt-get', ['update'], { env, timeLimitMs: UPDATE_TIME_LIMIT_MS });
      result = await run('apt-get', install, { env, timeLimitMs: INSTALL_TIME_LIMIT_MS });
    }
    if (result.status !== 0) say(`  apt-get could not install ${name}: ${tail(result.output, 3)}`);
    return result.status === 0;
  });
}

/** The one command a person types to install a package on this machine. */
export function installCommand(name, exists = findOnPath) {
  const managers = [
    ['apt-get', `sudo apt-get install ${name}`],
    ['dnf', `sudo dnf install ${name}`],
    ['pacman', `sudo pacman -S ${name}`],
    ['zypper', `sudo zypper install ${name}`],
    ['apk', `sudo apk add ${name}`],
  ];
  return managers.find(([program]) => exists(program))?.[1] ?? `your package manager (the package is "${name}")`;
}

const findChromium = () => CHROMIUM_NAMES.map((name) => findOnPath(name)).find(Boolean);

/** Where a program is on the PATH, or undefined. */
export function findOnPath(program, searchPath = process.env.PATH ?? '') {
  for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}
