import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { npmPackages } from '../../../lib/bundle/pinned';

const Manifest = z.looseObject({ name: z.string(), version: z.string() });
type Manifest = z.output<typeof Manifest>;

/** One version of one package, as a registry has it. */
export interface Published {
  readonly manifest: Manifest;
  readonly tarball: Buffer;
  readonly integrity: string;
}

/** axios and all it needs, as they are in an installed tree: pinned by a lock, fetched by npm. */
export function realPackages(): Published[] {
  return packagesUnder(join(npmPackages(join(__dirname, 'node')), 'node_modules')).map(publish);
}

function packagesUnder(modules: string): string[] {
  return readdirSync(modules).flatMap((name) => {
    const folder = join(modules, name);
    if (name.startsWith('.')) return [];
    if (name.startsWith('@')) return packagesUnder(folder);
    return [
      folder,
      ...(readdirSync(folder).includes('node_modules') ? packagesUnder(join(folder, 'node_modules')) : []),
    ];
  });
}

/** What a platform must not do what it says, or must refuse. */
export function oddPackages(): Published[] {
  return [
    odd(
      { name: 'narae-install-script', scripts: { install: 'touch ran', postinstall: 'touch ran' } },
      {
        'index.js': "exports.ran = require('fs').existsSync(__dirname + '/ran');\n",
      },
    ),
    odd({ name: 'narae-wants-git', dependencies: { 'narae-nowhere': 'git+https://127.0.0.1/nowhere.git' } }),
    odd({ name: 'narae-wants-address', dependencies: { 'narae-nowhere': 'http://127.0.0.1:9/nowhere.tgz' } }),
    odd({ name: 'narae-peer' }),
    odd({ name: 'narae-wants-peer', peerDependencies: { 'narae-peer': '^2.0.0' } }),
  ];
}

function odd(
  more: { readonly name: string } & Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): Published {
  const folder = mkdtempSync(join(tmpdir(), 'narae-package-'));
  const all = {
    'package.json': JSON.stringify({ version: '1.0.0', main: 'index.js', ...more }),
    'index.js': '',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  try {
    return publish(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function publish(folder: string): Published {
  const args = ['-czf', '-', '--exclude', './node_modules', '--transform', 's,^[.],package,', '-C', folder, '.'];
  const { status, stdout: tarball } = spawnSync('tar', args, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`tar failed for ${folder}`);
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  return { manifest, tarball, integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}` };
}
