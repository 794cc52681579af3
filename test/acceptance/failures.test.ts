import { eventsOf, linesOf, run, type Request } from '../support/invocations';

const python = (...lines: string[]): Request => ({ runtime: 'python', code: lines.join('\n') });
const node = (...lines: string[]): Request => ({ runtime: 'node', code: lines.join('\n') });
const raising = (statement: string) => python('def handler(event):', `    ${statement}`);
const throwing = (statement: string) => node(`exports.handler = (event) => { ${statement} };`);

/** See docs/contracts/invocations.md#error-types. */
describe('user code that fails', () => {
  test.each<[string, string, string | RegExp, Request]>([
    ['raises', 'RUNTIME_ERROR', "KeyError: 'who'", raising('return event["who"]')],
    ['raises without a message', 'RUNTIME_ERROR', /^ValueError/, raising('raise ValueError')],
    [
      'raises a class of its own',
      'RUNTIME_ERROR',
      'Odd: no',
      python('class Odd(Exception): pass', 'def handler(event):', '    raise Odd("no")'),
    ],
    [
      'raises in a coroutine',
      'RUNTIME_ERROR',
      'OSError: no',
      python('async def handler(event):', '    raise OSError("no")'),
    ],
    ['raises on import', 'RUNTIME_ERROR', 'RuntimeError: early', python('raise RuntimeError("early")')],
    ['imports what is not there', 'RUNTIME_ERROR', /^ModuleNotFoundError: .*nowhere/, python('import nowhere')],
    [
      'recurses without end',
      'RUNTIME_ERROR',
      /^RecursionError/,
      python('def handler(event):', '    return handler(event)'),
    ],
    ['exits with 3', 'RUNTIME_ERROR', /3/, raising('import sys; sys.exit(3)')],
    ['exits hard with 3', 'RUNTIME_ERROR', /3/, raising('import os; os._exit(3)')],
    ['kills itself', 'RUNTIME_ERROR', /./, raising('import os; os.kill(os.getpid(), 11)')],
    ['throws', 'RUNTIME_ERROR', 'TypeError: no', throwing('throw new TypeError("no")')],
    [
      'throws an error of its own',
      'RUNTIME_ERROR',
      'Odd: no',
      throwing('class Odd extends Error { name = "Odd"; } throw new Odd("no");'),
    ],
    ['throws a string', 'RUNTIME_ERROR', /just text/, throwing('throw "just text"')],
    ['throws nothing', 'RUNTIME_ERROR', /./, throwing('throw undefined')],
    [
      'throws what throws when it is read',
      'RUNTIME_ERROR',
      /./,
      throwing('throw { get message() { throw 1; }, get name() { throw 2; } }'),
    ],
    ['rejects', 'RUNTIME_ERROR', 'RangeError: no', throwing('return Promise.reject(new RangeError("no"))')],
    [
      'throws in a timer',
      'RUNTIME_ERROR',
      'Error: late',
      throwing('return new Promise(() => setTimeout(() => { throw new Error("late"); }, 5))'),
    ],
    [
      'rejects where nobody looks',
      'RUNTIME_ERROR',
      'Error: unseen',
      throwing('Promise.reject(new Error("unseen")); return new Promise(() => setTimeout(() => {}, 5000))'),
    ],
    ['throws on import', 'RUNTIME_ERROR', 'Error: early', node('throw new Error("early");')],
    [
      'throws on import of an ES module',
      'RUNTIME_ERROR',
      'Error: early',
      node('export const handler = 1;', 'throw new Error("early");'),
    ],
    ['requires what is not there', 'RUNTIME_ERROR', /^Error: .*nowhere/, node('require("nowhere");')],
    ['exits with 3 (node)', 'RUNTIME_ERROR', /3/, throwing('process.exit(3)')],
    ['kills itself (node)', 'RUNTIME_ERROR', /./, throwing('process.kill(process.pid, "SIGSEGV")')],
    ['raises half a character pair', 'RUNTIME_ERROR', 'ValueError: \ufffd', raising('raise ValueError("\\ud800")')],
    ['throws half a character pair', 'RUNTIME_ERROR', 'Error: \ufffd', throwing('throw new Error("\\ud800")')],
    ['does not parse', 'SYNTAX_ERROR', /^SyntaxError: /, python('def handler(event:', '    pass')],
    ['is badly indented', 'SYNTAX_ERROR', /^IndentationError: /, python('def handler(event):', 'return 1')],
    ['holds a NUL', 'SYNTAX_ERROR', /^SyntaxError: /, python('def handler(event):', '    return "\0"')],
    ['does not parse (node)', 'SYNTAX_ERROR', /^SyntaxError: /, node('exports.handler = (event => {')],
    ['does not parse (ES module)', 'SYNTAX_ERROR', /^SyntaxError: /, node('export const handler = (event => {')],
    ['has no handler', 'HANDLER_NOT_FOUND', /handler/, python('def other(event):', '    pass')],
    ['has a handler that is no function', 'HANDLER_NOT_FOUND', /handler/, python('handler = 5')],
    ['has no handler (node)', 'HANDLER_NOT_FOUND', /handler/, node('exports.other = () => 1;')],
    ['has no handler (ES module)', 'HANDLER_NOT_FOUND', /handler/, node('export const other = () => 1;')],
    ['has a handler that is no function (node)', 'HANDLER_NOT_FOUND', /handler/, node('exports.handler = 5;')],
    [
      'has an inherited handler only',
      'HANDLER_NOT_FOUND',
      /toString/,
      { ...node('exports.a = 1;'), handler: 'toString' },
    ],
  ])('because it %s is %s', async (_, errorType, message, request) => {
    const done = await run(request);
    expect(done).toMatchObject({
      status: 'FAILED',
      errorType,
      errorMessage: typeof message === 'string' ? message : (expect.stringMatching(message) as unknown),
      result: null,
    });
    expect(done.durationMs).toBe(done.usage?.durationMs);
    expect(done.finishedAt).not.toBeNull();
    const last = (await eventsOf(done.invocationId)).at(-1);
    expect(last?.data).toMatchObject({ type: 'COMPLETE', status: 'FAILED', payload: { errorType } });
  });

  test('leaves its traceback in the log, and its end in logsTail', async () => {
    const done = await run({
      code: "def greet(event):\n    print('hi', event['who'])\n",
      runtime: 'python',
      handler: 'main.greet',
    });
    const lines = await linesOf(done.invocationId);
    expect(done.logsTail).toEqual(lines.slice(-20));
    expect(done.logsTail[0]).toBe('Traceback (most recent call last):');
    expect(done.logsTail[1]).toBe('  File "main.py", line 2, in greet');
    expect(done.logsTail.at(-1)).toBe("KeyError: 'who'");
  });

  test('leaves its stack in the log without the ways of the platform (node)', async () => {
    const done = await run(
      node('const inner = () => { throw new TypeError("no"); };', 'exports.handler = () => inner();'),
    );
    expect(done.logsTail).toEqual((await linesOf(done.invocationId)).slice(-20));
    const text = done.logsTail.join('\n');
    expect(text).toMatch(/TypeError: no\n.*inner.*index\.[cm]?js:1/);
    expect(text).not.toMatch(/\/var\/task|supervisor|harness|narae/i);
  });

  test('has the last 20 lines in logsTail', async () => {
    const done = await run(
      python('def handler(event):', '    for i in range(50): print(i)', '    import os; os._exit(1)'),
    );
    expect(done.logsTail).toEqual((await linesOf(done.invocationId)).slice(-20));
    expect(done.logsTail).toHaveLength(20);
  });

  test('has a message of at most 4 KiB', async () => {
    for (const request of [raising('raise ValueError("é" * 5000)'), throwing('throw new Error("é".repeat(5000))')]) {
      const { errorMessage } = await run(request);
      const bytes = Buffer.byteLength(errorMessage ?? '');
      expect(bytes).toBeLessThanOrEqual(4096);
      expect(bytes).toBeGreaterThan(4000);
      expect(errorMessage).toMatch(/^\w*Error: é+(…|\.\.\.)?$/);
    }
  });

  test('keeps what it wrote before', async () => {
    const done = await run(
      python(
        'def handler(event):',
        '    print("one", end="")',
        '    import os, sys',
        '    sys.stdout.flush()',
        '    os._exit(9)',
      ),
    );
    expect((await linesOf(done.invocationId))[0]).toBe('one');
  });
});
