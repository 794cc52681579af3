import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fingerprint } from '../../../../local/deploy/fingerprint';
import { watchSources } from '../../../../local/deploy/watch';
import { waitFor } from '../../../support/wait';

let root: string;
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'narae-sources-'));
  write('bin/narae.ts', 'app');
  write('lib/stacks/api.ts', 'stack');
  write('package-lock.json', '{}');
});

afterEach(() => rmSync(root, { recursive: true }));

describe('the fingerprint of the sources', () => {
  test('changes with a source, a file more, a name, the lock file and the settings, and with nothing else', async () => {
    const seen = [await fingerprint(root, { auth: 'none' })];
    const look = async (settings: unknown = { auth: 'none' }) => seen.push(await fingerprint(root, settings));

    await look({ auth: 'api-key' });
    write('lib/stacks/api.ts', 'stack 2');
    await look();
    write('lib/new.ts', '');
    await look();
    write('package-lock.json', '{"a":1}');
    await look();
    expect(new Set(seen).size).toBe(5);

    write('docs/x.md', 'text');
    write('lambdas/sandbox/__pycache__/x.pyc', 'bytes');
    expect(await fingerprint(root, { auth: 'none' })).toBe(seen.at(-1));
  });
});

describe('watching the sources', () => {
  test('runs once for changes that come together, and again for those that come while it runs', async () => {
    const runs: (readonly string[])[] = [];
    let finish: () => void = () => undefined;
    const stop = watchSources({
      root,
      onChange: (files) => {
        runs.push(files);
        return new Promise((resolve) => (finish = resolve));
      },
    });
    write('bin/narae.ts', 'a');
    write('lib/stacks/api.ts', 'b');
    await waitFor('the first run', () => (runs.length === 1 ? true : undefined));

    write('lib/stacks/api.ts', 'c');
    await waitFor('the second run', () => {
      finish();
      return runs.length === 2 ? true : undefined;
    });
    finish();
    stop();

    expect([...(runs[0] ?? [])].sort()).toEqual(['bin/narae.ts', 'lib/stacks/api.ts']);
    expect(runs[1]).toEqual(['lib/stacks/api.ts']);
  });

  test('does not mind what editors and interpreters leave', async () => {
    const runs: (readonly string[])[] = [];
    const stop = watchSources({
      root,
      onChange: (files) => {
        runs.push(files);
        return Promise.resolve();
      },
    });
    for (const file of ['lib/.api.ts.swp', 'lib/api.ts~', 'bin/__pycache__/x.pyc']) write(file, 'x');
    write('bin/narae.ts', 'a');

    await waitFor('a run', () => (runs.length > 0 ? true : undefined));
    stop();
    expect(runs).toEqual([['bin/narae.ts']]);
  });
});
