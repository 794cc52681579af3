import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { strToU8, zipSync } from 'fflate';

const REPOSITORY = resolve(__dirname, '../../..');
const PINS = join(__dirname, 'python/requirements.txt');

/** Files by their name in the index: wheels as their makers published them, pinned by hash; fetched once by pip, from wherever it is configured to look. */
export function realWheels(): Map<string, Buffer> {
  const digest = createHash('sha256').update(readFileSync(PINS)).digest('hex').slice(0, 16);
  const folder = join(REPOSITORY, '.narae/pinned', `test-wheels-${digest}`);
  if (!existsSync(folder)) download(folder);
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

function download(folder: string): void {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const python = join(process.env['NARAE_PYTHON_VENV'] ?? join(REPOSITORY, '.narae/venv'), 'bin/python');
  const pure = ['--platform', 'any', '--implementation', 'py', '--abi', 'none', '--only-binary', ':all:'];
  const args = [
    'download',
    '--quiet',
    '--no-deps',
    '--require-hashes',
    ...pure,
    '--requirement',
    PINS,
    '--dest',
    draft,
  ];
  const { status, stderr } = spawnSync(python, ['-m', 'pip', ...args, '--python-version', '3.13'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The wheels that tests install can't be fetched:\n${stderr}`);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** What no maker would publish, and a platform must refuse. */
export function oddPackages(): Map<string, Buffer> {
  return new Map([
    wheel('narae_wants_old_six', { requires: ['six<1.17'] }),
    wheel('narae_huge', { files: { 'narae_huge/zeros.bin': new Uint8Array(251 * 1024 * 1024) } }),
    sourceOnly('narae-source-only'),
  ]);
}

/** A wheel, version 1.0, of a module that does nothing. */
export function wheel(
  name: string,
  { requires = [], files = {} }: { requires?: readonly string[]; files?: Readonly<Record<string, Uint8Array>> },
): [string, Buffer] {
  const info = `${name}-1.0.dist-info`;
  const metadata = [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    'Version: 1.0',
    ...requires.map((one) => `Requires-Dist: ${one}`),
  ];
  const all = {
    [`${name}/__init__.py`]: strToU8(''),
    ...files,
    [`${info}/METADATA`]: strToU8(`${metadata.join('\n')}\n`),
    [`${info}/WHEEL`]: strToU8('Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
  };
  const record = [...Object.keys(all), `${info}/RECORD`].map((file) => `${file},,\n`).join('');
  return [
    `${name}-1.0-py3-none-any.whl`,
    Buffer.from(zipSync({ ...all, [`${info}/RECORD`]: strToU8(record) }, { level: 1 })),
  ];
}

/** A source distribution: its setup.py would run when it is built. */
function sourceOnly(name: string): [string, Buffer] {
  const folder = join(REPOSITORY, '.narae', `test-${name}-${process.pid}`);
  const top = join(folder, `${name}-1.0`);
  mkdirSync(top, { recursive: true });
  const setup = 'raise SystemExit("setup.py was run")\n';
  const { status, stdout } = spawnSync(
    'sh',
    ['-c', 'printf %s "$1" > setup.py && cd .. && tar -czf - "$0"', basename(top), setup],
    { cwd: top, encoding: 'buffer' },
  );
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error('tar failed');
  return [`${name}-1.0.tar.gz`, stdout];
}
