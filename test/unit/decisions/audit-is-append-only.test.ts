import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Nothing changes or deletes an entry of the audit log (docs/contracts/decisions.md#resources): one module writes it, and has no
 * means but a put under a key that is new. What functions really ask for is judged by test/permissions/append-only.ts.
 */

const REPOSITORY = path.resolve(__dirname, '../../..');
const WRITER = 'lambdas/decisions/store/audit.ts';
const READER = 'lambdas/decisions/store/read-audit.ts';
const KEYS = 'lambdas/decisions/keys.ts';

const sources = execFileSync('git', ['ls-files', 'lambdas/*.ts', 'bin/*.ts'], { cwd: REPOSITORY, encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((file) => ({ file, text: readFileSync(path.join(REPOSITORY, file), 'utf8') }));
const textOf = (file: string): string => sources.find((one) => one.file === file)?.text ?? '';
const naming = (pattern: RegExp): string[] => sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

test('keys of the audit log are known to the modules that write and read it, and to no others', () => {
  expect(naming(/\baudit(?:OfRun)?Partition\b/)).toEqual([KEYS, WRITER, READER]);
  expect(naming(/DECISION_AUDIT|#AUDIT\b/)).toEqual([KEYS]);
});

test('the module that writes it puts entries under keys that are new, in transactions, and does nothing else', () => {
  const text = textOf(WRITER);
  expect(text).not.toMatch(/Command\b|\bUpdate\b|\bDelete\b|\.send\(/);
  const puts = text.match(/\bPut: .*/g) ?? [];
  expect(puts).toHaveLength(1 + 1);
  expect(text).toMatch(
    /Put: \{ TableName: this\.#table, Item: \{ \.\.\.key, \.\.\.item \}, ConditionExpression: 'attribute_not_exists\(pk\)' \}/,
  );
});

test('the module that reads it only asks', () => {
  expect(textOf(READER)).not.toMatch(/\b(?:Put|Update|Delete|Write)\w*Command\b|transact\b/);
});
