import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Target } from './api';
import { BOOTSTRAP, REPOSITORY, systemEnvironment } from './system';

const Created = z.looseObject({ id: z.string().min(1), key: z.string().startsWith('nk_') });
export type Key = z.output<typeof Created>;

const DEADLINE_MS = 120_000;

/** The system with API keys that the setup started. */
export function authTarget(key?: string): Target {
  return { url: setting('NARAE_TEST_AUTH_URL'), key };
}

/** `npm run keys -- ...` of that system: what it writes to stdout. Throws with stderr when it fails. */
export async function keysCommand(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BOOTSTRAP, 'keys', ...args], {
    cwd: REPOSITORY,
    env: systemEnvironment(setting('NARAE_TEST_AUTH_STATE_DIR')),
    timeout: DEADLINE_MS,
  });
  return stdout;
}

export async function createKey(name: string, workspaces: string, scopes: string): Promise<Key> {
  const options = ['--name', name, '--workspaces', workspaces, '--scopes', scopes, '--json'];
  return Created.parse(JSON.parse(await keysCommand('create', ...options)));
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with jest.`);
  return value;
}
