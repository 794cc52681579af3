import { strToU8, zipSync } from 'fflate';
import { PresignedStore } from './support/store';
import { Toolchain } from './support/toolchain';

/** Findings in sources (lambdas/toolchain), by the function's package as it is deployed, isolated as on a laptop. */

const DEADLINE_MS = 300_000;
let store: PresignedStore;
let toolchain: Toolchain;

beforeAll(async () => {
  store = await PresignedStore.start();
  toolchain = await Toolchain.start();
}, DEADLINE_MS);

afterAll(async () => {
  await toolchain.stop();
  store.stop();
});

const zip = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, typeof text === 'string' ? strToU8(text) : text]),
    ),
  );

const check = (files: Readonly<Record<string, string | Uint8Array>>, types = true): Promise<unknown> =>
  toolchain.ask({ do: 'check', sourceUrl: store.put('source.zip', zip(files)), types });

const FINE = { ok: true, syntax: [], types: [], truncated: false };

test('finds nothing in a handler class of the console', async () => {
  const source =
    'from spin_sdk.http import IncomingHandler, Request, Response\n' +
    'import yaml, numpy.linalg\n\n' +
    'class Handler(IncomingHandler):\n' +
    '    def handle_request(self, request: Request) -> Response:\n' +
    '        return Response(200, {}, bytes("hi", "utf-8"))\n';
  expect(await check({ 'stock.py': source })).toEqual(FINE);
});

test('names file, line and column of syntax errors, and leaves types alone then', async () => {
  const files = { 'stock.py': 'x: int = ""\ndef f()\n    pass\n', 'lib/a.py': 'x = (\n', 'lib/b.txt': 'def' };
  expect(await check(files)).toEqual({
    ...FINE,
    syntax: ["lib/a.py:1:5: error: '(' was never closed", "stock.py:2:8: error: expected ':'"],
  });
});

test('takes what only the compiler refuses for a syntax error', async () => {
  expect(await check({ 'a.py': 'return 1\n', 'b.py': 'a\0b', 'c.py': '# coding: none-such\n' })).toMatchObject({
    syntax: [
      "a.py:1:1: error: 'return' outside function",
      'b.py:1:1: error: source code string cannot contain null bytes',
      'c.py:1:1: error: unknown encoding: none-such',
    ],
  });
});

test('finds wrong types over files, whatever these are called', async () => {
  const files = {
    '재고 관리-1.py': 'x: int = "a"\n',
    'main.py': 'from lib.shop import price\nprice("seven")\n',
    'lib/shop.py': 'def price(euros: int) -> int:\n    return euros\n',
    'typing.py': 'x: str = 1\n',
  };
  expect(await check(files)).toEqual({
    ...FINE,
    types: [
      'main.py:2:7: error: Argument 1 to "price" has incompatible type "str"; expected "int"',
      'typing.py:1:10: error: Incompatible types in assignment (expression has type "int", variable has type "str")',
      '재고 관리-1.py:1:10: error: Incompatible types in assignment (expression has type "str", variable has type "int")',
    ],
  });
});

test('does not look at types unless it is asked to', async () => {
  expect(await check({ 'a.py': 'x: int = ""\n' }, false)).toEqual(FINE);
});

test('lets no source say how it is checked: a plugin would be code that runs', async () => {
  const files = {
    'mypy.ini': '[mypy]\nplugins = plugin.py\nignore_errors = true\n',
    'plugin.py': 'raise SystemExit("it ran")\n',
    'a.py': 'x: int = ""\n',
  };
  expect(await check(files)).toMatchObject({
    types: ['a.py:1:10: error: Incompatible types in assignment (expression has type "str", variable has type "int")'],
  });
});

test('says of what is too complex to parse that it is', async () => {
  expect(await check({ 'a.py': `x = ${'-'.repeat(2_000_000)}1\n` })).toMatchObject({
    syntax: ['a.py:1:1: error: the code is too complex to be parsed'],
  });
});

test('bounds what it tells', async () => {
  const { types, ...rest } = (await check({ 'a.py': 'x: int = ""\n'.repeat(300) })) as { types: string[] };
  expect(rest).toEqual({ ok: true, syntax: [], truncated: true });
  expect(types).toHaveLength(200);
});

test('remembers nothing of a source, and leaves nothing behind', async () => {
  await check({ 'helper.py': 'def f() -> int:\n    return 1\n', 'a.py': 'import helper\n' });
  expect(await check({ 'a.py': 'import helper\nx: str = helper.f()\n' })).toEqual(FINE);
  expect(toolchain.left()).toEqual([]);
});

test.each([
  ['is no zip', strToU8('def handler(): pass'), /not a zip/],
  ['leaves its root', zip({ '../up.py': '' }), /outside its root/],
  ['unpacks to too much', zip({ 'a.bin': new Uint8Array(201 * 1024 * 1024) }), /200 MiB/],
])('refuses a source that %s', async (_, bytes, reason) => {
  const answer = await toolchain.ask({ do: 'check', sourceUrl: store.put('bad.zip', bytes), types: true });
  expect(answer).toEqual({ ok: false, errorCode: 'BUILD_ERROR', reason: expect.stringMatching(reason) as unknown });
});

test('fails, and takes orders again, when the store does not give the source', async () => {
  const lost = toolchain.ask({ do: 'check', sourceUrl: store.address('nowhere.zip', 'GET'), types: true });
  await expect(lost).rejects.toThrow(/OSError.*404/);
  expect(await check({ 'a.py': '' })).toEqual(FINE);
});
