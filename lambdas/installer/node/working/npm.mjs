/** Runs the npm that this package brings along. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { failureOf } from './failure.mjs';

const CLI = fileURLToPath(new URL('../npm/node_modules/npm/bin/npm-cli.js', import.meta.url));
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** No code of a package is run, and nothing is fetched but what the registry has. */
const ALWAYS = [
  '--ignore-scripts',
  '--omit=dev',
  '--no-audit',
  '--no-fund',
  '--no-bin-links',
  '--no-update-notifier',
  '--allow-git=none',
  '--allow-remote=none',
  '--allow-file=none',
  '--allow-directory=none',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=500',
  '--fetch-retry-maxtimeout=5000',
  '--loglevel=silent',
  '--json',
];

/** @throws Refused, RegistryUnavailable */
export function npm(command, ...flags) {
  const home = process.cwd();
  const userconfig = path.join(home, 'npmrc');
  // Registry and credentials of whoever runs us; the environment's own npm_config_* come before it.
  writeFileSync(userconfig, `${process.env.NARAE_NPMRC ?? ''}\n`, { mode: 0o600 });
  const places = [
    `--userconfig=${userconfig}`,
    `--globalconfig=${path.join(home, 'none')}`,
    `--cache=${path.join(home, 'cache')}`,
  ];
  const { status, stdout, error } = spawnSync(process.execPath, [CLI, command, ...ALWAYS, ...places, ...flags], {
    cwd: home,
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw failureOf(reportIn(stdout));
}

function reportIn(output) {
  try {
    return JSON.parse(output).error ?? {};
  } catch {
    return {};
  }
}
