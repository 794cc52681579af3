import { BundleStore, tarOf } from './support/bundles';
import { describeIsolated } from './support/bubblewrap';
import { SandboxEnvironment, TASK_ROOTS } from './support/environment';
import { LANGUAGES, useEnvironment, type Code } from './support/languages';

/** Packages that a run brings along (docs/sandbox.md, "Protocol": bundleUrl, bundleSha). */

let store: BundleStore;
beforeAll(async () => {
  store = await BundleStore.start();
});
afterAll(() => store.stop());

/** One module, `there`, that says which it is. */
const bundles = (text: string) => ({
  python: tarOf({ 'there/__init__.py': `value = "${text}"\n` }),
  node: tarOf({
    'node_modules/there/package.json': '{"name":"there","version":"1.0.0","main":"lib/index.js"}',
    'node_modules/there/lib/index.js': `exports.value = '${text}';\n`,
  }),
});

const USE: Code = {
  python: 'from there import value\ndef handler(event):\n    return value\n',
  node: "const { value } = require('there');\nexports.handler = () => value;\n",
};
const CALLBACK = { convention: 'callback' } as const;

describe.each(LANGUAGES)('packages of a run in %s', (language) => {
  const environment = useEnvironment(language);

  test('are found by what imports them, and fetched once', async () => {
    const order = { ...CALLBACK, code: USE[language], ...store.put(bundles('one')[language]) };
    const before = store.asked.length;
    expect((await environment().run(order)).value).toBe('one');
    expect((await environment().run(order)).value).toBe('one');
    expect(store.asked.length - before).toBe(1);
  });

  test('of another bundle take the place of the ones before', async () => {
    const run = async (text: string) =>
      (await environment().run({ ...CALLBACK, code: USE[language], ...store.put(bundles(text)[language]) })).value;
    expect(await run('two')).toBe('two');
    expect(await run('three')).toBe('three');
  });

  test('are not there for a run that brings none', async () => {
    await environment().run({ ...CALLBACK, code: USE[language], ...store.put(bundles('one')[language]) });
    expect((await environment().run({ code: USE[language] })).error).toMatchObject({ errorType: 'RUNTIME_ERROR' });
  });

  test('keep names that are longer than a header of tar holds', async () => {
    const folder = Array.from({ length: 12 }, () => 'a-rather-long-name').join('/');
    const bundle = {
      python: tarOf({ [`${folder}/deep.txt`]: 'deep', 'there/__init__.py': 'value = "x"\n' }),
      node: tarOf({
        [`node_modules/there/${folder}/deep.txt`]: 'deep',
        'node_modules/there/index.js': `exports.value = require('fs').readFileSync(__dirname + '/${folder}/deep.txt', 'utf8');\n`,
      }),
    };
    const code = {
      python: `import os, there\ndef handler(event):\n    return open(os.path.join(os.path.dirname(os.path.dirname(there.__file__)), "${folder}", "deep.txt")).read()\n`,
      node: USE.node,
    };
    const ended = await environment().run({ ...CALLBACK, code: code[language], ...store.put(bundle[language]) });
    expect(ended.value).toBe('deep');
  });

  test.each<[string, () => { bundleUrl: string; bundleSha: string }]>([
    ['another hash', () => store.put(bundles('four')[language], 'f'.repeat(64))],
    ['no bundle', () => store.put(Buffer.from('no archive at all'))],
    ['half a bundle', () => store.put(bundles('five')[language].subarray(0, 60))],
    ['nothing', () => ({ bundleUrl: `${store.origin}/nowhere`, bundleSha: 'a'.repeat(64) })],
    ['a hash that is none', () => ({ ...store.put(bundles('six')[language]), bundleSha: '../../etc' })],
    ['a way out', () => store.put(tarOf({ 'a.txt': 'x' }, ['--transform', 's,a.txt,../a.txt,', '-P']))],
    ['a link', () => store.put(tarOf({ 'a.txt': 'x' }, [], { link: '/etc' }))],
  ])('that are %s end the run before its code starts, and tell no address', async (_, bundle) => {
    const ended = await environment().run({ ...CALLBACK, code: USE[language], ...bundle() });
    expect(ended.order).toEqual(['ready', 'error', 'usage', 'end']);
    expect(ended.error).toMatchObject({ errorType: 'PLATFORM_ERROR' });
    expect(JSON.stringify(ended.error)).not.toContain(store.origin);
    expect(
      (await environment().run({ ...CALLBACK, code: USE[language], ...store.put(bundles('one')[language]) })).value,
    ).toBe('one');
  });
});

describe('packages of a run in node', () => {
  const environment = useEnvironment('node');

  test('are found by ES modules as well', async () => {
    const code = "import { value } from 'there';\nexport const handler = () => value;\n";
    const ended = await environment().run({ ...CALLBACK, code, ...store.put(bundles('esm').node) });
    expect(ended.value).toBe('esm');
  });
});

describeIsolated('isolated by bubblewrap', (isolation) => {
  test.each(LANGUAGES)('a child of %s that waited sees what came later, and cannot change it', async (language) => {
    const environment = await SandboxEnvironment.start(language, {
      environment: { ...isolation().environment(TASK_ROOTS[language]) },
    });
    try {
      const code = {
        python:
          'import os, there\ndef handler(event):\n    try:\n        open(os.path.join(os.path.dirname(there.__file__), "mine"), "w")\n        return "written"\n    except OSError:\n        return there.value\n',
        node: "const { value } = require('there');\nexports.handler = () => {\n  try {\n    require('fs').writeFileSync(require.resolve('there') + '.mine', '');\n    return 'written';\n  } catch { return value; }\n};\n",
      };
      const ended = await environment.run({
        ...CALLBACK,
        code: code[language],
        ...store.put(bundles('late')[language]),
      });
      expect(ended.value).toBe('late');
    } finally {
      await environment.stop();
    }
  });
});
