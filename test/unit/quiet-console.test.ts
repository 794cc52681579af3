import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPOSITORY } from '../support/system';

/** The guard against errors that unit tests print and nobody reads, on tests of its own. */

const folder = mkdtempSync(path.join(tmpdir(), 'narae-quiet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAMS = {
  'unexpected.test.ts': "test('prints', () => { console.error('of', { whom: 'nobody' }); });",
  'expected.test.ts': `import { printedErrors } from '${REPOSITORY}/test/support/printed-errors';
    test('prints', async () => {
      expect(await printedErrors(() => Promise.resolve(console.error('of', 'somebody')))).toEqual(['of somebody']);
    });`,
};

function run(): { readonly status: number | null; readonly output: string } {
  for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(path.join(folder, name), text);
  const config = {
    rootDir: folder,
    testEnvironment: 'node',
    testMatch: ['**/*.test.ts'],
    transform: { '\\.ts$': [require.resolve('@swc/jest'), { jsc: { parser: { syntax: 'typescript' } } }] },
    setupFilesAfterEnv: [path.join(REPOSITORY, 'test/support/quiet-console.ts')],
  };
  const jest = path.join(REPOSITORY, 'node_modules/jest/bin/jest.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [jest, '--runInBand', '--config', JSON.stringify(config)],
    {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  return { status, output: stdout + stderr };
}

test('fails the test that prints what it did not expect, and says what to do', () => {
  const { status, output } = run();
  expect(status).toBe(1);
  expect(output).toContain("console.error: of { whom: 'nobody' }");
  expect(output).toContain('do it within printedErrors()');
  expect(output).toMatch(/PASS .*\bexpected\.test\.ts/);
  expect(output).toMatch(/FAIL .*\bunexpected\.test\.ts/);
});
