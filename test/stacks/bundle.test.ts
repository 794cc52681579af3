import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../../lib/bundle/bundle';
import { compile } from '../../lib/bundle/compile';
import { functionsOf } from './functions';
import { namedStage, repository } from './stage';

const stage = namedStage('prod');

/** The environment that the stack gives a function; references become names. */
function environmentOf(name: string): Record<string, string> {
  const variables = functionsOf('prod', stage).find((one) => one.name === name)?.Environment.Variables ?? {};
  const sandboxes = JSON.stringify({ 'python3.13': [[512, 'name']], nodejs24: [[512, 'name']] });
  const apps = JSON.stringify({ prefix: 'name', role: 'name', logGroup: 'name', key: 'name' });
  return Object.fromEntries(
    Object.entries(variables).map(([key, value]): [string, string] => {
      if (key === 'NARAE_SANDBOXES') return [key, sandboxes];
      if (key === 'NARAE_APPS') return [key, apps];
      return [key, typeof value === 'string' ? value : 'name'];
    }),
  );
}

const MOST_BYTES = 700_000;
/** Of those that carry a library whose code is read when it is first needed. */
const MORE_BYTES: Readonly<Record<string, number>> = {
  // YAML for scaffold, and archives and forms.
  builds: 850_000,
  // The people of the organisation, and what they have decided: 355 kB.
  decisions: 950_000,
  // The same people, and a client of Bedrock.
  'decisions-decider': 950_000,
  // A client of Kubernetes, which knows each kind of object.
  'app-deployer': 2_300_000,
};

describe.each(stage.ownFunctions.map(({ name, entry }) => [name, entry] as const))('%s', (name, entry) => {
  const made = bundle(entry);

  test('is one file that starts with the environment that its stack and Lambda give it, and has its handler', () => {
    expect(readdirSync(made.folder)).toEqual(['index.js']);
    // The streaming function finds this in Lambda's runtime.
    const runtime = 'globalThis.awslambda = { streamifyResponse: (handler) => handler };';
    const program = `${runtime} console.log(typeof require(${JSON.stringify(path.join(made.folder, 'index.js'))}).handler)`;
    const output = execFileSync(process.execPath, ['-e', program], {
      env: { ...environmentOf(name), AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: name },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(output.trim()).toBe('function');
  });

  test('holds no path of the machine that made it', () => {
    expect(readFileSync(path.join(made.folder, 'index.js'), 'utf8')).not.toContain(repository);
  });

  test('is small, because each megabyte is most of a second of a cold start', () => {
    expect(made.bytes).toBeLessThan(MORE_BYTES[name] ?? MOST_BYTES);
  });

  test('holds no credential provider but the environment', () => {
    const inputs = made.sources;
    expect(inputs.length).toBeGreaterThan(10);
    expect(inputs.filter((file) => /credential-provider-|token-providers|client-sso/.test(file))).toEqual([]);
  });

  test('made again it is the same to the byte', () => {
    const { code } = compile(entry);
    expect(Buffer.compare(code, readFileSync(path.join(made.folder, 'index.js')))).toBe(0);
    expect(code.byteLength).toBe(made.bytes);
  });
});

test('an entry that is not there is named', () => {
  expect(() => bundle('lambdas/nowhere/api.lambda.ts')).toThrow(
    'lambdas/nowhere/api.lambda.ts is missing: a stack names it as the entry of a function',
  );
});

test('an entry that does not build says where', () => {
  expect(() => bundle('docs/architecture.md')).toThrow(/^docs\/architecture\.md does not build:\n {2}/);
});

describe('an entry that changes', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'narae-entry-'));
  const entry = path.relative(repository, path.join(folder, 'worker.lambda.ts'));
  const part = path.join(folder, 'part.ts');
  const made = new Set<string>();
  const bundled = (): string => {
    const { folder: result } = bundle(entry);
    made.add(result);
    return readFileSync(path.join(result, 'index.js'), 'utf8');
  };
  afterAll(() => {
    const notes = ['json', 'meta.json'].map((end) => `${path.basename(folder)}-worker.${end}`);
    const [bundles = folder] = [...made].map((result) => path.dirname(result));
    for (const left of [...made, folder, ...notes.map((note) => path.join(bundles, note))])
      rmSync(left, { recursive: true, force: true });
  });

  test('is built again when a file that it imports has changed, and only then', () => {
    writeFileSync(
      path.join(folder, 'worker.lambda.ts'),
      "import { text } from './part';\nexport const handler = () => text;\n",
    );
    writeFileSync(part, "export const text = 'first';\n");
    expect(bundled()).toContain('first');
    expect(bundled()).toContain('first');
    expect(made.size).toBe(1);
    writeFileSync(part, "export const text = 'second';\n");
    expect(bundled()).toContain('second');
  });
});
