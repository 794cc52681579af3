import { LANGUAGES, useEnvironment, type Code } from './support/languages';
import type { Order } from './support/order';

interface Case extends Partial<Omit<Order, 'code'>> {
  readonly says: string;
  readonly code: Code;
  readonly error: Readonly<Record<string, unknown>>;
}

const runtimeError = (name: string, message: string) => ({ errorType: 'RUNTIME_ERROR', name, message });
const matching = (pattern: RegExp) => expect.stringMatching(pattern) as unknown;

/** How the user's code can fail (docs/contracts/invocations.md#error-types). */
const FAILURES: Case[] = [
  {
    says: 'a missing function',
    function: 'greet',
    fallbacks: ['other'],
    code: { python: 'greet = 1', node: 'exports.greet = 1;' },
    error: {
      errorType: 'HANDLER_NOT_FOUND',
      message: matching(/^HandlerNotFound: greet in main\.(py|js) is not a function$/),
    },
  },
  {
    says: 'no such name',
    function: 'greet',
    fallbacks: ['other'],
    code: { python: 'x = 1', node: 'exports.x = 1;' },
    error: { errorType: 'HANDLER_NOT_FOUND', message: matching(/greet or other$/) },
  },
  {
    says: 'an exit with a code',
    code: {
      python: 'import sys\ndef handler(event):\n    sys.exit(3)',
      node: 'exports.handler = () => process.exit(3);',
    },
    error: runtimeError('Exited', 'Exited: the code ended with exit code 3 before it returned'),
  },
  {
    says: 'an exit without a failure, before there is a value',
    code: {
      python: 'import os\ndef handler(event):\n    os._exit(0)',
      node: 'exports.handler = () => process.reallyExit(0);',
    },
    error: runtimeError('Exited', 'Exited: the code ended with exit code 0 before it returned'),
  },
  {
    says: 'an exit while the file is loaded',
    code: { python: 'exit(4)', node: 'process.exit(4)' },
    error: runtimeError('Exited', 'Exited: the code ended with exit code 4 before it returned'),
  },
  {
    says: 'a signal',
    code: {
      python: 'import os, signal\ndef handler(event):\n    os.kill(os.getpid(), signal.SIGSEGV)',
      node: 'exports.handler = async () => { process.kill(process.pid, "SIGSEGV"); await new Promise(() => setInterval(() => {}, 1000)); };',
    },
    error: runtimeError('Killed', 'Killed: the code was ended by SIGSEGV'),
  },
  {
    says: 'a kill of its own',
    code: {
      python: 'import os\ndef handler(event):\n    os.kill(os.getpid(), 9)',
      node: 'exports.handler = async () => { process.kill(process.pid, "SIGKILL"); await new Promise(() => {}); };',
    },
    error: runtimeError('Killed', 'Killed: the code was ended by SIGKILL'),
  },
  {
    says: 'a value with a cycle',
    code: {
      python: 'def handler(event):\n    a = []\n    a.append(a)\n    return a',
      node: 'exports.handler = () => { const a = []; a.push(a); return a; };',
    },
    error: { errorType: 'INVALID_RESULT', message: matching(/[Cc]ircular/) },
  },
  {
    says: 'a set',
    code: { python: 'def handler(event):\n    return {1, 2}', node: 'exports.handler = () => new Set([1, 2]);' },
    error: { errorType: 'INVALID_RESULT', message: matching(/[Ss]et .*not JSON/) },
  },
  {
    says: 'a number that is none, deep inside',
    code: {
      python: 'def handler(event):\n    return {"a": [float("nan")]}',
      node: 'exports.handler = () => ({ a: [NaN] });',
    },
    error: { errorType: 'INVALID_RESULT' },
  },
  {
    says: 'a function for a value',
    code: { python: 'def handler(event):\n    return handler', node: 'exports.handler = () => exports.handler;' },
    error: { errorType: 'INVALID_RESULT' },
  },
  {
    says: 'a value nested beyond all measure',
    code: {
      python: 'def handler(event):\n    a = []\n    for _ in range(200000):\n        a = [a]\n    return a',
      node: 'exports.handler = () => { let a = []; for (let i = 0; i < 200000; i += 1) a = [a]; return a; };',
    },
    error: { errorType: 'INVALID_RESULT' },
  },
  {
    says: 'a value nested too deep for an answer',
    convention: 'callback',
    code: {
      python: 'def handler(event):\n    a = []\n    for _ in range(128):\n        a = [a]\n    return a',
      node: 'exports.handler = () => { let a = []; for (let i = 0; i < 128; i += 1) a = [a]; return a; };',
    },
    error: { errorType: 'INVALID_RESULT', message: matching(/nested deeper than 128/) },
  },
  {
    says: 'a value too large for an answer',
    convention: 'function',
    code: { python: 'def handler(event):\n    return "x" * 2000', node: 'exports.handler = () => "x".repeat(2000);' },
    limits: { resultBytes: 1000 },
    error: { errorType: 'INVALID_RESULT', message: matching(/2\d\d\d bytes of JSON, more than 1000/) },
  },
  {
    says: 'a failure to read what is not there, in a function that was called by another',
    code: {
      python: 'def inner(event):\n    return event["who"]\n\ndef handler(event):\n    return inner(event)',
      node: 'function inner(event) {\n  return event.who.name;\n}\nexports.handler = (event) => inner(event);',
    },
    error: expect.objectContaining({
      errorType: 'RUNTIME_ERROR',
      name: matching(/^(KeyError|TypeError)$/),
      message: matching(/^(KeyError: 'who'|TypeError: Cannot read properties of undefined \(reading 'name'\))$/),
      stack: expect.arrayContaining([matching(/^main\.(py|js), line 2, in inner$/)]) as unknown,
    }) as Record<string, unknown>,
  },
  {
    says: 'a failure in async code',
    code: {
      python: 'class OrderLost(Exception):\n    pass\nasync def handler(event):\n    raise OrderLost("A-31")',
      node: 'class OrderLost extends Error {}\nexports.handler = async () => { throw new OrderLost("A-31"); };',
    },
    error: runtimeError('OrderLost', 'OrderLost: A-31'),
  },
  {
    says: 'an error without a message',
    code: {
      python: 'def handler(event):\n    raise ValueError',
      node: 'exports.handler = () => { throw new RangeError(); };',
    },
    error: { errorType: 'RUNTIME_ERROR', message: matching(/^(ValueError|RangeError)$/) },
  },
  {
    says: 'an error that can not be shown',
    code: {
      python:
        'class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError\ndef handler(event):\n    raise Odd',
      node: 'class Odd extends Error { get message() { throw new Error(); } get stack() { throw new Error(); } }\nexports.handler = () => { throw new Odd(); };',
    },
    error: runtimeError('Odd', 'Odd'),
  },
  {
    says: 'a message without end',
    code: {
      python: 'def handler(event):\n    raise ValueError("é" * 100000)',
      node: 'exports.handler = () => { throw new RangeError("é".repeat(100000)); };',
    },
    error: { message: matching(/^(ValueError|RangeError): é{2000,2048}$/) },
  },
  {
    says: 'recursion without end',
    code: {
      python: 'def handler(event):\n    return handler(event)',
      node: 'exports.handler = (e) => exports.handler(e) + 1;',
    },
    error: { errorType: 'RUNTIME_ERROR', name: matching(/^(RecursionError|RangeError)$/) },
  },
];

describe.each(LANGUAGES)('failures in %s', (language) => {
  const environment = useEnvironment(language);

  test.each(FAILURES)('reports $says', async ({ says: _, code, error, ...order }) => {
    const run = await environment().run({ ...order, code: code[language] });
    expect(run.error).toMatchObject(error);
    expect(run.order.filter((kind) => kind !== 'log')).toEqual(['ready', 'start', 'error', 'usage', 'end']);
  });

  test('tells the exit code of code that ended itself', async () => {
    const code = { python: 'exit(7)', node: 'process.exit(7)' };
    expect((await environment().run({ code: code[language] })).usage).toMatchObject({ exitCode: 7, signal: null });
  });

  test('tells the signal of code that was killed', async () => {
    const code = { python: 'import os\nos.kill(os.getpid(), 6)', node: 'process.abort()' };
    expect((await environment().run({ code: code[language] })).usage).toMatchObject({
      exitCode: null,
      signal: 'SIGABRT',
    });
  });

  test('a run that failed says nothing about the next', async () => {
    const good = { python: 'def handler(event):\n    return 1', node: 'exports.handler = () => 1;' };
    await environment().run({ code: ')' });
    expect((await environment().run({ code: good[language] })).value).toEqual({ statusCode: 200, body: '1' });
  });
});
