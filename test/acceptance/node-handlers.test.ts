import { completed, linesOf, run, valueOf } from '../support/invocations';

const runtime = 'node';

/** See docs/contracts/invocations.md#calling-the-handler. */
describe('a Node handler', () => {
  test.each([
    ['exports.handler = (event) => [event];', [[1]]],
    ['exports.handler = (event, context) => [event, typeof context];', [[1], 'object']],
    ['exports.handler = (...args) => args.length;', 2],
    ['exports.handler = async (event) => event;', [1]],
    ['exports.handler = (event) => new Promise((resolve) => setTimeout(resolve, 5, event));', [1]],
    ['exports.handler = (event) => ({ then: (resolve) => resolve(event) });', [1]],
    ['module.exports = { handler: (event) => event };', [1]],
    ['module.exports.handler = function (event) { return event; };', [1]],
    [
      'const { createHash } = require("node:crypto"); exports.handler = () => createHash("md5").update("").digest("hex").length;',
      32,
    ],
    ['export const handler = (event) => event;', [1]],
    ['export async function handler(event) { return event; }', [1]],
    ['const handler = (event) => event;\nexport { handler };', [1]],
    [
      'import { createHash } from "node:crypto";\nexport const handler = () => createHash("md5").update("").digest("hex").length;',
      32,
    ],
    ['const loaded = await Promise.resolve(7);\nexport const handler = () => loaded;', 7],
    ['import { basename } from "node:path";\nexport const handler = () => basename(import.meta.url) !== "";', true],
    [
      '// no export, no import in the word "export const"\nexports.handler = () => "export const x = 1";',
      'export const x = 1',
    ],
  ])('may be written as CommonJS or ES module, sync or async: %s', async (code, expected) => {
    expect(await valueOf({ code, runtime, payload: [1] })).toEqual(expected);
  });

  test('is given a context', async () => {
    const code = `exports.handler = (event, context) => {
      const left = context.getRemainingTimeMs();
      const { invocationId, runtime, memoryMb, timeoutMs } = context;
      return { invocationId, runtime, memoryMb, timeoutMs, leftIsSane: left > 0 && left <= 20000 };
    };`;
    const { invocationId, result } = await completed({ code, runtime: 'nodejs18', memoryMb: 300, timeoutMs: 20_000 });
    expect(JSON.parse(result.body)).toEqual({
      invocationId,
      runtime: 'nodejs24',
      memoryMb: 300,
      timeoutMs: 20_000,
      leftIsSane: true,
    });
  });

  test.each([
    ['greet', 'exports.greet = () => 1;'],
    ['index.greet', 'export const greet = () => 1;'],
    ['_app.$run', 'exports.$run = () => 1;'],
  ])('may be called %s', async (handler, code) => {
    expect(await valueOf({ code, runtime, handler })).toBe(1);
  });

  test('is in a file named after the module', async () => {
    const common = 'exports.run = () => require("node:path").basename(__filename);';
    const es = 'import { basename } from "node:path";\nexport const run = () => basename(import.meta.url);';
    for (const code of [common, es]) {
      expect(await valueOf({ code, runtime, handler: 'orders.run' })).toMatch(/^orders\.[cm]?js$/);
    }
  });

  test('finds the file imported once, and its output kept', async () => {
    const code = 'console.log("loaded");\nexports.handler = () => { console.log("called"); };';
    const { invocationId } = await completed({ code, runtime });
    expect(await linesOf(invocationId)).toEqual(['loaded', 'called']);
  });

  test('starts from scratch each time', async () => {
    const code = `const { readdirSync, writeFileSync } = require('node:fs');
    const { join } = require('node:path');
    const { tmpdir } = require('node:os');
    globalThis.count = (globalThis.count ?? 0) + 1;
    exports.handler = () => {
      const seen = readdirSync(tmpdir()).filter((name) => name.startsWith('left-'));
      writeFileSync(join(tmpdir(), 'left-behind'), 'x');
      return [globalThis.count, seen];
    };`;
    expect(await valueOf({ code, runtime })).toEqual([1, []]);
    expect(await valueOf({ code, runtime })).toEqual([1, []]);
  });

  test('has nothing of the platform in its environment', async () => {
    const code = 'exports.handler = () => Object.keys(process.env);';
    const names = await valueOf({ code, runtime, env: { MINE: '1' } });
    expect(names).toContain('MINE');
    expect((names as string[]).filter((name) => /^(AWS|NARAE|LAMBDA|_HANDLER|_X_AMZN)/.test(name))).toEqual([]);
  });

  test('is the right Node', async () => {
    expect(await valueOf({ code: 'exports.handler = () => process.versions.node;', runtime })).toMatch(/^24\./);
  });

  test('may leave timers behind when it returns', async () => {
    const code = 'exports.handler = () => { setInterval(() => {}, 1000); return "fine"; };';
    expect(await valueOf({ code, runtime })).toBe('fine');
  });

  test('that closes its standard output still returns its result', async () => {
    const code =
      'exports.handler = () => { const fs = require("node:fs"); fs.closeSync(1); fs.closeSync(2); return "fine"; };';
    expect((await run({ code, runtime })).result?.body).toBe('"fine"');
  });
});
