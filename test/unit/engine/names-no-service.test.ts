import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { SERVICES } from '../../../lambdas/services';

/** The engine runs code for whoever asks; what it has to know of a service, the service says (docs/adr/0028). */

const REPOSITORY = path.resolve(__dirname, '../../..');

/** `stream` is also what a process prints to. */
const NAMES = new Set([...SERVICES.map(({ name }) => name).filter((name) => name !== 'stream'), 'room']);

/** Names that are stored or published, and stay. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  // Where a record says which service its run is of, and the index that is made of it.
  'lambdas/engine/run/run.ts': ['room'],
  'lambdas/engine/run/run-keys.ts': ['ENDED_BY_ROOM', 'endedByRoom', 'endedRoom', 'room'],
  'lambdas/engine/store/run-index.ts': ['ENDED_BY_ROOM', 'endedRoom', 'room'],
  'lambdas/engine/lifecycle/prepare-run.ts': ['room'],
  'lambdas/engine/lifecycle/report-end.ts': ['room'],
  'lambdas/engine/lifecycle/trace-run.ts': ['room'],
  'lambdas/engine/lifecycle/find-run.ts': ['room'],
  'lambdas/engine/store/owners.ts': ['room'],
  'lambdas/engine/index.ts': ['ENDED_BY_ROOM'],
  // How many there were: a field of counters.
  'lambdas/engine/store/run-counters.ts': [
    'invocations',
    'ADD invocations :one, errors :error, durationMs :duration SET expiresAt = :expires',
  ],
};

const wordsOf = (text: string): string[] =>
  text.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());

function namesIn(text: string): string[] {
  const source = ts.createSourceFile('engine.ts', text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    const isText =
      ts.isIdentifier(node) ||
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node) ||
      ts.isRegularExpressionLiteral(node);
    if (isText && wordsOf(node.text).some((word) => NAMES.has(word))) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return [...new Set(found)].sort();
}

const engine = execFileSync('git', ['ls-files', 'lambdas/engine/*.ts'], { cwd: REPOSITORY, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '');

test('no module of the engine names a service', () => {
  expect(engine.length).toBeGreaterThan(30);
  const named = engine.map((file) => [file, namesIn(readFileSync(path.join(REPOSITORY, file), 'utf8'))] as const);
  expect(Object.fromEntries(named.filter(([, names]) => names.length > 0))).toEqual(
    Object.fromEntries(Object.entries(KEPT).map(([file, names]) => [file, [...names].sort()])),
  );
});

test.each([
  "run.room !== 'functions'",
  'const jobsOf = 1',
  'const x = `/stream/invocations/${id}`',
  'const { room } = run',
])('%s names one', (text) => expect(namesIn(text)).not.toEqual([]));
