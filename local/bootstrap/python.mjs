import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, tail } from './child.mjs';
import { announced, say, SetupError } from './console.mjs';
import { aptInstall } from './system-packages.mjs';

/** The emulator's wheels are pinned for these. */
const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.14', 'python3.11'];
const OLDEST = [3, 11];
const INSTALL_TIME_LIMIT_MS = 10 * 60_000;

/** The emulator's environment. */
export const ensurePythonEnvironment = (root) =>
  ensureVirtualEnvironment(root, {
    what: 'the AWS emulator',
    requirements: 'local/requirements.txt',
    folder: '.narae/venv',
  });

/** Makes a folder hold exactly what a requirements file says; quick where it does already. */
export async function ensureVirtualEnvironment(root, { what, requirements: file, folder }) {
  const requirements = path.join(root, file);
  const venv = path.join(root, folder);
  const stamp = path.join(venv, '.narae-installed');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  // The link in bin/ is dead where the Python it was made from has been removed or upgraded since.
  const usable = existsSync(path.join(venv, 'bin', 'python')) && existsSync(stamp);
  if (usable && readFileSync(stamp, 'utf8') === wanted) return;

  const python = await findPython();
  await announced(`Installing ${what} into ${folder} (Python ${python.version})`, async () => {
    rmSync(venv, { recursive: true, force: true });
    await createVenv(python.program, venv);
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
    args.push('--only-binary', ':all:', '--require-hashes', '--requirement', requirements);
    const { status, output } = await run(path.join(venv, 'bin', 'python'), args, {
      timeLimitMs: INSTALL_TIME_LIMIT_MS,
    });
    if (status !== 0) throw new SetupError(`pip install failed (status ${status}):\n${tail(output)}`);
  });
  writeFileSync(stamp, wanted);
}

async function createVenv(program, venv) {
  const first = await run(program, ['-m', 'venv', venv]);
  if (first.status === 0) return;
  // Debian and Ubuntu ship venv's pip in a package of its own.
  say('Python has no venv module here; the package python3-venv brings it.');
  if (await aptInstall('python3-venv')) {
    rmSync(venv, { recursive: true, force: true });
    if ((await run(program, ['-m', 'venv', venv])).status === 0) return;
  }
  throw new SetupError(
    `Python cannot make a virtual environment. Install it with: sudo apt-get install python3-venv\n${tail(first.output, 5)}`,
  );
}

async function findPython() {
  const seen = [];
  for (const program of CANDIDATES) {
    const { status, output } = await run(program, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);
    if (status !== 0) continue;
    const version = output.trim();
    if (isRecentEnough(version)) return { program, version };
    seen.push(version);
  }
  const found = seen.length > 0 ? `found only ${seen.join(', ')}` : 'found none on the PATH';
  throw new SetupError(`Python ${OLDEST.join('.')} or newer is needed (${found}). Install it, then run this again.`);
}

/** Whether "3.11.7" is at least the oldest Python the pinned wheels are for. */
export function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
