import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { RUNTIMES } from '../../../lambdas/platform/runtimes';

/**
 * A runtime is a descriptor and folders of its own: whoever adds one touches no other file of the product
 * (docs/adr/0027). Comments may name one.
 */

const REPOSITORY = path.resolve(__dirname, '../../..');

/** Where each runtime has a file or a folder, or all are listed. */
const OF_RUNTIMES = [
  'lambdas/platform/runtimes/',
  'lambdas/sandbox/',
  'lambdas/installer/',
  'lambdas/site/demo/examples/',
  'local/runtimes/',
];

/** Files and folders that name a language for another reason than that user code may run on it. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'lambdas/builds/': 'Builds take Python and nothing else, says docs/contracts/builds.md.',
  'lambdas/callbacks/registry/seed.ts': 'docs/contracts/callbacks.md#seeding says what is seeded.',
  'lambdas/functions/contract.ts': 'docs/contracts/functions.md says what a function is that names no runtime.',
  'lambdas/callbacks/examples.ts': 'An example is in some language.',
  'lambdas/callbacks/routes.ts': 'An example is in some language.',
  'lambdas/functions/examples.ts': 'An example is in some language.',
  'lambdas/invocations/examples.ts': 'An example is in some language.',
  'lambdas/invocations/routes.ts': 'An example is in some language.',
  'lambdas/jobs/examples.ts': 'An example is in some language.',
  'lambdas/jobs/routes.ts': 'An example is in some language.',
  'lambdas/platform/aws/fresh-connections.ts': 'The HTTP handler of the SDK has that name.',
  'local/operations/alarm-expression.ts': 'A tree of an expression has nodes.',
  'lib/constructs/objective-alarms.ts': 'Constructs have nodes.',
  'lambdas/decisions/': 'Graphs have nodes, says docs/contracts/decisions.md.',
  'lib/bundle/compile.ts': 'What our own functions are compiled for.',
  'lib/bundle/function-tokens.ts': 'A provider of credentials of the SDK has that name.',
  'lib/constructs/platform-function.ts': 'What our own functions run on.',
  'lib/bundle/pinned.ts': 'pip is a program in Python: one that has it must be found on the machine that deploys.',
  'lib/bundle/toolchain.ts': 'The toolchain makes components of Python and of nothing else, and is a program in it.',
  'lib/constructs/toolchain-function.ts': 'The same.',
  'local/bootstrap.mjs': 'What the repository itself is developed with.',
  'local/bootstrap/': 'The same.',
  'local/cli/card.ts': 'An example is in some language.',
  'local/emulator/': 'The emulator is a program in Python.',
  'local/isolation/package-clients.ts': 'pip and npm, as they are configured on this machine.',
  'local/lambda/definition.ts': 'What a function runs on of which the emulator says nothing.',
  'local/lambda/runtime/': 'What is put in the place of managed runtimes.',
  'local/system/system.ts': 'pip is a program in Python, which the emulator has with it.',
};

const stems = [...new Set(RUNTIMES.flatMap(({ name, language }) => [language, name.replace(/[\d.]+$/, '')]))];
const aliases = new Set(RUNTIMES.flatMap((runtime) => runtime.aliases));
/** Not `node_modules`, which is how packages are kept, and not `node:fs`, which is a module. */
const NAMED = new RegExp(`(?<![\\w])(?:${stems.join('|')})(?![a-z]|_modules|:)`, 'i');

/** Aliases are so short that only a text that is one names a runtime: `index.js` names a file. */
const textNames = (text: string): boolean => aliases.has(text.toLowerCase()) || NAMED.test(text);

/** Types of Node, the Node that our own functions run on, and where its packages are. */
const OURS = ['NodeJS', 'nodePath', 'nodeModules', 'NODE_PATH', 'NODE_COMPILE_CACHE'];

/** `pythonInstaller`, `PINNED_NODE` */
const identifierNames = (identifier: string): boolean =>
  !OURS.includes(identifier) &&
  identifier.split(/_|(?<=[a-z0-9])(?=[A-Z])/).some((part) => stems.includes(part.toLowerCase().replace(/\d+$/, '')));

function namesIn(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isText =
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node) ||
      ts.isRegularExpressionLiteral(node);
    // `construct.node` is CDK's.
    const isMember =
      ts.isPropertyAccessExpression(node.parent) && node.parent.name === node && node.getText() === 'node';
    const isName = ts.isIdentifier(node) && !isMember && identifierNames(node.text);
    if (isName || (isText && textNames(node.text))) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push(`${file}:${line + 1} ${node.text.slice(0, 60)}`);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

const under = (file: string, places: readonly string[]): boolean =>
  places.some((place) => file === place || (place.endsWith('/') && file.startsWith(place)));

const sources = execFileSync('git', ['ls-files', 'bin', 'lambdas', 'lib', 'local'], {
  cwd: REPOSITORY,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(ts|mjs|js)$/.test(file) && existsSync(path.join(REPOSITORY, file)));

const named = new Map(sources.map((file) => [file, namesIn(file, readFileSync(path.join(REPOSITORY, file), 'utf8'))]));

test('a runtime is named where each has its own, and nowhere else', () => {
  const allowed = [...OF_RUNTIMES, ...Object.keys(EXCEPTIONS)];
  const others = [...named].filter(([file]) => !under(file, allowed)).flatMap(([, names]) => names);
  expect(others).toEqual([]);
});

test('every exception is still one', () => {
  const needless = Object.keys(EXCEPTIONS).filter(
    (place) => ![...named].some(([file, names]) => names.length > 0 && under(file, [place])),
  );
  expect(needless).toEqual([]);
});

test.each([
  ["const x = 'python';", true],
  ['const x = { node: 1 };', true],
  ['const x = `${y}-nodejs24`;', true],
  ["if (name.startsWith('Python ')) go();", true],
  ['const pythonInstaller = 1;', true],
  ["type Language = 'py';", true],
  ["import fs from 'node:fs';", false],
  ["const x = 'node_modules/a/index.js';", false],
  ['const x: NodeJS.Timeout = y;', false],
  ['bucket.node.addDependency(x);', false],
  ['// python is named in a comment', false],
])('%s: %s', (text, names) => {
  expect(namesIn('some.ts', text).length > 0).toBe(names);
});
