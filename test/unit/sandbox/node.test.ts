import { useEnvironment } from './support/languages';

describe('Node', () => {
  const environment = useEnvironment('node');
  const run = (code: string, order = {}) => environment().run({ code, ...order });
  const body = async (code: string, order = {}) => {
    const { value } = await run(code, order);
    return JSON.parse((value as { body: string }).body) as unknown;
  };

  test.each([
    ['CommonJS', 'exports.handler = () => typeof module + typeof require + typeof __filename;', 'objectfunctionstring'],
    ['CommonJS with a value for its exports', 'module.exports = { handler: () => "whole" };', 'whole'],
    ['CommonJS with a hashbang and a byte order mark', '\ufeff#!/usr/bin/env node\nexports.handler = () => 1;', 1],
    ['CommonJS in sloppy mode', 'exports.handler = function () { undeclared = 5; return undeclared; };', 5],
    [
      'CommonJS that imports late',
      'exports.handler = async () => typeof (await import("node:fs")).readFileSync;',
      'function',
    ],
    ['CommonJS that requires', 'const { sep } = require("node:path");\nexports.handler = () => sep;', '/'],
    [
      'an ES module',
      'import { sep } from "node:path";\nexport const handler = () => sep + typeof require;',
      '/undefined',
    ],
    ['an ES module with a default export', 'export default { handler: () => "from default" };', 'from default'],
    [
      'an ES module that awaits while it is loaded',
      'const x = await Promise.resolve(3);\nexport const handler = () => x;',
      3,
    ],
    [
      'an ES module by its address only',
      'const own = import.meta.url;\nexport { h as handler };\nfunction h() { return own.endsWith("/main.mjs"); }',
      true,
    ],
    [
      'an ES module by an await that CommonJS takes for a name',
      'const list = [await 1];\nfor await (const x of [2]) list.push(x);\nexports2(list, await 3);\nfunction exports2(l, x) { l.push(x); }\nexport const handler = () => list;',
      [1, 2, 3],
    ],
    [
      'an ES module by names that CommonJS has',
      'const require = 1, module = 2, exports = 3, __filename = 4, __dirname = 5;\nexport { handler };\nconst handler = () => [require, module, exports, __filename, __dirname];',
      [1, 2, 3, 4, 5],
    ],
    [
      'an ES module with a hashbang',
      '#!/usr/bin/env node\nconst require = await 1;\nexport const handler = () => require;',
      1,
    ],
    ['exports that need their object', 'exports.name = "x"; exports.handler = function () { return this.name; };', 'x'],
  ])('loads %s', async (_, code, value) => {
    expect(await body(code)).toEqual(value);
  });

  test.each([
    ['exports.handler = () => {\n  return (1;\n};', /^SyntaxError: .* \(line 2\)$/],
    ['import fs from "node:fs";\n\nexport const handler = () => { return (1; };', /^SyntaxError: .* \(line 3\)$/],
    ['console.log(\n  await 1;', /^SyntaxError: missing \) after argument list \(line 2\)$/],
    ['\nconst require = 1;\nlet x = (;', /^SyntaxError: Identifier 'require' has already been declared \(line 2\)$/],
    ['const require = 1;\nimport fs from "fs";\nlet x = (;', /^SyntaxError: Unexpected token ';' \(line 3\)$/],
    ['}); console.log("never run"); (async () => { await 1; console.log(await 2);', /^SyntaxError: .* \(line 1\)$/],
    ['export const a = 1;\nexport const a = 2;', /^SyntaxError: Identifier 'a' has already been declared \(line 2\)$/],
  ])('says where %j does not parse', async (code, message) => {
    const failed = await run(code);
    expect(failed.error).toMatchObject({
      errorType: 'SYNTAX_ERROR',
      message: expect.stringMatching(message) as unknown,
    });
    expect(failed.lines('stderr').at(-1)).toMatch(message);
  });

  test.each([
    ['exports.handler = () => JSON.parse("{");', 'SyntaxError'],
    ['export const handler = () => new Function("(");', 'SyntaxError'],
    ['import { nothing } from "node:fs";', 'SyntaxError'],
    ['require("not-there");', 'Error'],
    ['console.log(await 1);\nawait import("data:text/javascript,let y = ;");', 'SyntaxError'],
    ['console.log(await 1);\nnew Function("(");', 'SyntaxError'],
  ])('takes what %j throws for an error at run time', async (code, name) => {
    expect((await run(code)).error).toMatchObject({ errorType: 'RUNTIME_ERROR', name });
  });

  test('prints the stack of the user’s own lines', async () => {
    const failed = await run(
      'function inner() {\n  throw new TypeError("odd", { cause: new Error("why") });\n}\nexports.handler = () => inner();',
    );
    expect(failed.lines('stderr')).toEqual([
      'TypeError: odd',
      '    at inner (main.js:2)',
      '    at exports.handler (main.js:4)',
      'Caused by Error: why',
      '    at inner (main.js:2)',
      '    at exports.handler (main.js:4)',
    ]);
    expect(failed.error.stack).toEqual(['main.js, line 2, in inner', 'main.js, line 4, in exports.handler']);
  });

  test('shows the lines of an ES module by its file name', async () => {
    const failed = await run('export const handler = async () => {\n  await null;\n  throw new Error("x");\n};');
    expect(failed.error.stack).toEqual(['main.mjs, line 3, in handler']);
  });

  test('reports what is thrown that is no error', async () => {
    expect((await run('exports.handler = () => { throw { code: 5 }; };')).error).toMatchObject({
      errorType: 'RUNTIME_ERROR',
      name: 'Thrown',
      message: 'Thrown: { code: 5 }',
    });
  });

  test.each([
    ['a promise that nobody settles', 'exports.handler = () => new Promise(() => {});'],
    ['a module that never finishes loading', 'await new Promise(() => {});\nexport const handler = () => 1;'],
  ])('ends %s when nothing is left to do', async (_, code) => {
    // Waited for, it would be a TIMEOUT.
    expect((await run(code)).error).toMatchObject({ errorType: 'RUNTIME_ERROR', name: 'Unsettled' });
  });

  test.each([
    [
      'an error in a timer',
      'exports.handler = () => new Promise(() => { setTimeout(() => { throw new RangeError("tick"); }, 5); setTimeout(() => {}, 60_000); });',
      'RangeError: tick',
    ],
    [
      'a rejection that nobody handles',
      'exports.handler = () => new Promise(() => { Promise.reject(new RangeError("left")); setTimeout(() => {}, 60_000); });',
      'RangeError: left',
    ],
  ])('ends with %s', async (_, code, message) => {
    const failed = await run(code);
    expect(failed.error).toMatchObject({ errorType: 'RUNTIME_ERROR', message });
    expect(failed.lines('stderr')[0]).toBe(message);
  });

  test('lets user code deal with what nobody catches', async () => {
    const code = `exports.handler = () => new Promise((resolve) => {
      process.on("uncaughtException", (error) => resolve(error.message));
      setTimeout(() => { throw new Error("dealt with"); }, 5);
    });`;
    expect(await body(code)).toBe('dealt with');
  });

  test.each([['1n'], ['Symbol("x")'], ['new Map()'], ['{ a: Infinity }']])(
    'does not take %s for JSON',
    async (value) => {
      expect((await run(`exports.handler = () => (${value});`)).error.errorType).toBe('INVALID_RESULT');
    },
  );

  test('writes values as JSON does: dates, own toJSON, nothing for undefined', async () => {
    const code =
      'exports.handler = () => ({ d: new Date(0), j: { toJSON: () => "own" }, u: undefined, l: [undefined] });';
    expect(await body(code)).toEqual({ d: '1970-01-01T00:00:00.000Z', j: 'own', l: [null] });
  });

  test('has all output of a program that ends itself', async () => {
    const code = 'for (let i = 0; i < 3000; i += 1) console.log("x".repeat(200)); process.exit(0);';
    expect((await run(code)).lines('stdout')).toHaveLength(3000);
  });

  test('can open its output by name', async () => {
    const code =
      'const fs = require("fs"); exports.handler = () => { fs.writeFileSync("/dev/stdout", "by name\\n"); fs.writeFileSync("/dev/stderr", "this too\\n"); };';
    const ended = await run(code);
    expect(ended.lines('stdout')).toEqual(['by name']);
    expect(ended.lines('stderr')).toEqual(['this too']);
  });

  test('is not confused by what user code writes to the descriptors', async () => {
    const code = `const fs = require("fs");
exports.handler = () => {
  for (const junk of ["junk", '\\n{"t":"result"}\\n', "0123 result 0 1\\n"]) fs.writeSync(4, junk);
  try { fs.writeSync(3, "junk"); } catch {}
  fs.closeSync(1);
  return "kept";
};`;
    expect(await body(code)).toBe('kept');
  });

  test('fails a run whose code closed the way to the supervisor', async () => {
    const failed = await run('exports.handler = () => { require("fs").closeSync(4); return 1; };');
    expect(failed.error.errorType).toBe('RUNTIME_ERROR');
  });

  test('takes values from exports that are made late', async () => {
    expect(
      await body('const later = () => "x"; Object.defineProperty(exports, "handler", { get: () => later });'),
    ).toBe('x');
  });
});
