import { LANGUAGES, useEnvironment, type Code } from './support/languages';
import type { Order } from './support/order';

interface Case extends Partial<Omit<Order, 'code'>> {
  readonly says: string;
  readonly code: Code;
  readonly value: unknown;
}

const ok = (body: unknown) => ({ statusCode: 200, body: JSON.stringify(body) });

/** Convention `invocation` (docs/contracts/invocations.md#calling-the-handler, #result). */
const INVOCATION: Case[] = [
  {
    says: 'calls a function of one parameter',
    code: {
      python: 'def handler(event):\n    return {"got": event}',
      node: 'exports.handler = (event) => ({ got: event });',
    },
    event: { a: [1, null, 'x'] },
    value: ok({ got: { a: [1, null, 'x'] } }),
  },
  {
    says: 'calls a function of two parameters with the context',
    code: {
      python:
        'def handler(event, context):\n    return [context.invocationId, context.memoryMb, 0 < context.get_remaining_time_ms() <= 20000]',
      node: 'exports.handler = (event, context) => [context.invocationId, context.memoryMb, context.getRemainingTimeMs() > 0 && context.getRemainingTimeMs() <= 20000];',
    },
    value: ok(['inv-test', 512, true]),
  },
  {
    says: 'awaits an async function',
    code: {
      python: 'import asyncio\nasync def handler(event):\n    await asyncio.sleep(0.01)\n    return "late"',
      node: 'exports.handler = async () => { await new Promise((r) => setTimeout(r, 10)); return "late"; };',
    },
    value: ok('late'),
  },
  {
    says: 'names the file after the module',
    module: 'orders',
    function: 'total',
    code: {
      python: 'import os\ndef total(event):\n    return [__name__, os.path.basename(__file__)]',
      node: 'exports.total = () => ["orders", require("path").basename(__filename)];',
    },
    value: expect.objectContaining({ body: expect.stringMatching(/^\["orders","orders\.(py|js)"\]$/) as unknown }),
  },
  {
    says: 'keeps statusCode, headers of texts, and a body that is text',
    code: {
      python: 'def handler(event):\n    return {"statusCode": 500, "headers": {"x-a": "b"}, "body": "plain"}',
      node: 'exports.handler = () => ({ statusCode: 500, headers: { "x-a": "b" }, body: "plain" });',
    },
    value: { statusCode: 500, headers: { 'x-a': 'b' }, body: 'plain' },
  },
  {
    says: 'writes a body that is no text as compact JSON',
    code: {
      python: 'def handler(event):\n    return {"statusCode": 201, "body": {"ok": True, "名": "é"}}',
      node: 'exports.handler = () => ({ statusCode: 201, body: { ok: true, "名": "é" } });',
    },
    value: { statusCode: 201, body: '{"ok":true,"名":"é"}' },
  },
  {
    says: 'takes a missing body for an empty one and leaves out headers that are no texts',
    code: {
      python: 'def handler(event):\n    return {"statusCode": 204, "headers": {"a": 1}}',
      node: 'exports.handler = () => ({ statusCode: 204, headers: { a: 1 } });',
    },
    value: { statusCode: 204, body: '' },
  },
  {
    says: 'takes an object whose statusCode is none for a value',
    code: {
      python: 'def handler(event):\n    return {"statusCode": 99, "body": "x"}',
      node: 'exports.handler = () => ({ statusCode: 99, body: "x" });',
    },
    value: ok({ statusCode: 99, body: 'x' }),
  },
  {
    says: 'answers null for nothing',
    code: { python: 'def handler(event):\n    pass', node: 'exports.handler = () => {};' },
    value: ok(null),
  },
  {
    says: 'lets characters through that have no UTF-8',
    code: { python: 'def handler(event):\n    return event["x"]', node: 'exports.handler = (event) => event.x;' },
    event: { x: 'a\ud800b😀' },
    value: ok('a\ud800b😀'),
  },
  {
    says: 'passes an event that is nested 64 levels deep, and back',
    code: { python: 'def handler(event):\n    return event', node: 'exports.handler = (event) => event;' },
    event: nested(64),
    value: ok(nested(64)),
  },
  {
    says: 'passes the event null',
    code: { python: 'def handler(event):\n    return [event]', node: 'exports.handler = (event) => [event];' },
    event: null,
    value: ok([null]),
  },
  {
    says: 'gives the environment values before the file is loaded',
    code: {
      python:
        'import os\nGREETING = os.environ["GREETING"]\ndef handler(event):\n    return [GREETING, os.environ.get("SUPERVISOR_SECRET"), os.environ.get("AWS_LAMBDA_RUNTIME_API")]',
      node: 'const greeting = process.env.GREETING;\nexports.handler = () => [greeting, process.env.SUPERVISOR_SECRET ?? null, process.env.AWS_LAMBDA_RUNTIME_API ?? null];',
    },
    env: { GREETING: 'grüß dich' },
    value: ok(['grüß dich', null, null]),
  },
  {
    says: 'has a home, temporary and working directory of its own',
    code: {
      python:
        'import os, tempfile\ndef handler(event):\n    return [os.getcwd() == os.environ["HOME"] == os.environ["TMPDIR"] == tempfile.gettempdir(), os.listdir()]',
      node: 'exports.handler = () => [process.cwd() === process.env.HOME && process.cwd() === process.env.TMPDIR && process.cwd() === require("os").tmpdir(), require("fs").readdirSync(".")];',
    },
    value: expect.objectContaining({ body: expect.stringMatching(/^\[true,\["main\.(py|js)"\]\]$/) as unknown }),
  },
];

/** Convention `callback` (docs/contracts/callbacks.md#entry-point, #outcome). */
const CALLBACK: Case[] = [
  {
    says: 'gives the value as it is',
    convention: 'callback',
    function: 'lambda_handler',
    fallbacks: ['handler'],
    code: {
      python:
        'def lambda_handler(event, context):\n    return {"statusCode": 200, "tax": 50}\ndef handler(event):\n    return "not me"',
      node: 'exports.lambda_handler = async () => ({ statusCode: 200, tax: 50 });\nexports.handler = () => "not me";',
    },
    value: { statusCode: 200, tax: 50 },
  },
  {
    says: 'falls back to the other name',
    convention: 'callback',
    function: 'lambda_handler',
    fallbacks: ['handler'],
    code: {
      python: 'def handler(event):\n    return event["city"]',
      node: 'exports.handler = (event) => event.city;',
    },
    event: { city: 'Jeju' },
    value: 'Jeju',
  },
  {
    says: 'does not count brackets in texts, nor many of them side by side, as depth',
    convention: 'callback',
    code: { python: 'def handler(event):\n    return event', node: 'exports.handler = (event) => event;' },
    event: { text: '[{"\\'.repeat(300), list: Array.from({ length: 300 }, () => [{}]) },
    value: { text: '[{"\\'.repeat(300), list: Array.from({ length: 300 }, () => [{}]) },
  },
];

/** Convention `function`, what both languages have (docs/contracts/functions.md#engine-contract). */
const FUNCTION: Case[] = [
  {
    says: 'takes any value for status 200',
    convention: 'function',
    function: 'lambda_handler',
    fallbacks: ['handler'],
    code: { python: 'def handler(event):\n    return [1, "a"]', node: 'exports.handler = () => [1, "a"];' },
    value: { statusCode: 200, headers: {}, body: [1, 'a'] },
  },
  {
    says: 'takes status, headers and a body of text',
    convention: 'function',
    code: {
      python:
        'def handler(event):\n    return {"statusCode": 404, "headers": {"content-type": "text/plain", "x-n": 5}, "body": "no"}',
      node: 'exports.handler = () => ({ statusCode: 404, headers: { "content-type": "text/plain", "x-n": 5 }, body: "no" });',
    },
    value: { statusCode: 404, headers: { 'content-type': 'text/plain', 'x-n': '5' }, bodyText: 'no' },
  },
  {
    says: 'keeps a body that is JSON as JSON',
    convention: 'function',
    code: {
      python: 'def handler(event):\n    return {"statusCode": 200, "body": {"accepted": event["body"]["id"]}}',
      node: 'exports.handler = (event) => ({ statusCode: 200, body: { accepted: event.body.id } });',
    },
    event: { body: { id: 'A-31' } },
    value: { statusCode: 200, headers: {}, body: { accepted: 'A-31' } },
  },
  {
    says: 'gives bytes that are no UTF-8 as Base64',
    convention: 'function',
    code: {
      python: 'def handler(event):\n    return {"statusCode": 200, "body": b"\\xff\\x00"}',
      node: 'exports.handler = () => ({ statusCode: 200, body: Buffer.from([255, 0]) });',
    },
    value: { statusCode: 200, headers: {}, bodyBase64: '/wA=' },
  },
];

describe.each(LANGUAGES)('handlers in %s', (language) => {
  const environment = useEnvironment(language);

  test.each([...INVOCATION, ...CALLBACK, ...FUNCTION])(
    '$convention: $says',
    async ({ says: _, code, value, ...order }) => {
      const run = await environment().run({ ...order, code: code[language] });
      expect(run.value).toEqual(value);
      expect(run.order).toEqual(['ready', 'start', 'result', 'usage', 'end']);
      expect(run.usage).toMatchObject({ exitCode: 0, signal: null });
    },
  );

  test('cuts a body at a character boundary and says so', async () => {
    const code = {
      python: 'def handler(event):\n    return "é" * 100',
      node: 'exports.handler = () => "é".repeat(100);',
    };
    const run = await environment().run({ code: code[language], limits: { resultBytes: 22 } });
    expect(run.value).toEqual({ statusCode: 200, body: `"${'é'.repeat(10)}` });
    expect(run.only('result').truncated).toBe(true);
  });

  test('carries an event and a value of megabytes', async () => {
    const code = {
      python: 'def handler(event):\n    return event["text"] + "!"',
      node: 'exports.handler = (event) => event.text + "!";',
    };
    const text = 'ab"\\\n한'.repeat(500_000);
    const limits = { resultBytes: 6 * 1024 * 1024, memoryMb: 1024 };
    const run = await environment().run({ code: code[language], convention: 'callback', event: { text }, limits });
    expect(run.value).toBe(`${text}!`);
  });

  test('has the value of a handler whose threads and timers go on', async () => {
    const code = {
      python:
        'import threading, time\ndef handler(event):\n    threading.Thread(target=lambda: time.sleep(60)).start()\n    return 1',
      node: 'exports.handler = () => { setInterval(() => {}, 1000); return 1; };',
    };
    // Both go on past the time limit: who waited for them would have a TIMEOUT.
    expect((await environment().run({ code: code[language] })).value).toEqual(ok(1));
  });
});

function nested(levels: number): unknown {
  return levels === 1 ? [] : [nested(levels - 1)];
}
