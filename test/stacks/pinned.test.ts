import { cpSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { npmPackages, pinsOf, pipPackages } from '../../lib/bundle/pinned';
import { buildStage, removeAssemblies } from './built-stage';

/** Packages that functions bring along are fetched once per lock: with the locks as they were, a synthesis asks nobody. */

/** Nothing listens there, and a client that is started tries once. */
const NOWHERE = 'http://127.0.0.1:9/';
const folder = mkdtempSync(path.join(tmpdir(), 'narae-pinned-'));
const calls = path.join(folder, 'calls');
const before = { ...process.env };

beforeAll(() => {
  // What is missing on this machine is fetched here, as it may be.
  buildStage({ name: 'dev' });
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'npm'), `#!/bin/sh\necho npm "$@" >>'${calls}'\nexit 1\n`);
  chmodSync(path.join(bin, 'npm'), 0o755);
  delete process.env['npm_execpath'];
  Object.assign(process.env, {
    PATH: `${bin}:${before['PATH'] ?? ''}`,
    PIP_INDEX_URL: NOWHERE,
    PIP_EXTRA_INDEX_URL: '',
    PIP_NO_CACHE_DIR: '1',
    PIP_RETRIES: '0',
  });
});

afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, before);
  rmSync(folder, { recursive: true, force: true });
  removeAssemblies();
});

/** The same packages under a lock that nobody has seen. */
function changed(set: string, lock: string): string {
  const copy = path.join(folder, `changed-${path.basename(set)}`);
  cpSync(set, copy, { recursive: true });
  writeFileSync(path.join(copy, lock), `${readFileSync(path.join(copy, lock), 'utf8')}\n`);
  return copy;
}

test('a synthesis with the locks as they were starts no package client', () => {
  buildStage({ name: 'dev' });
  for (const set of [pinsOf('pip'), pinsOf('requests')]) expect(existsSync(pipPackages(set))).toBe(true);
  for (const set of [pinsOf('npm'), pinsOf('axios')]) expect(existsSync(npmPackages(set))).toBe(true);
  expect(existsSync(calls)).toBe(false);
});

test('a lock that has changed is fetched anew, by the clients as they are configured', () => {
  expect(() => pipPackages(changed(pinsOf('requests'), 'requirements.txt'))).toThrow(/requests could not be fetched/);
  expect(() => npmPackages(changed(pinsOf('axios'), 'package-lock.json'))).toThrow(/axios could not be fetched/);
  expect(readFileSync(calls, 'utf8')).toMatch(/^npm ci /);
});
