import { useEnvironment } from './support/languages';

describe('Python', () => {
  const environment = useEnvironment('python');
  const run = (code: string, order = {}) => environment().run({ code, ...order });

  test('prints the traceback of the user’s own lines, as the contract shows it', async () => {
    const failed = await run("def greet(event):\n    print('hi', event['who'])", { function: 'greet' });
    expect(failed.lines('stderr')).toEqual([
      'Traceback (most recent call last):',
      '  File "main.py", line 2, in greet',
      "KeyError: 'who'",
    ]);
    expect(failed.error.stack).toEqual(['main.py, line 2, in greet']);
  });

  test('shows where an exception came from', async () => {
    const failed = await run(
      'def handler(event):\n    try:\n        {}["a"]\n    except KeyError as e:\n        raise ValueError("no a") from e',
    );
    expect(failed.lines('stderr')).toEqual([
      'Traceback (most recent call last):',
      '  File "main.py", line 3, in handler',
      "KeyError: 'a'",
      '',
      'The above exception was the direct cause of the following exception:',
      '',
      'Traceback (most recent call last):',
      '  File "main.py", line 5, in handler',
      'ValueError: no a',
    ]);
  });

  test.each([
    ['def f(:\n    pass', /^SyntaxError: .* \(line 1\)$/],
    ['x = 1\ny = (', /^SyntaxError: '\(' was never closed \(line 2\)$/],
    ['if True:\nx = 1', /^IndentationError: .* \(line 2\)$/],
    ['x = "\0"', /null bytes/],
    [`${'('.repeat(500)}1`, /too many nested parentheses/],
  ])('says where %j does not parse', async (code, message) => {
    const failed = await run(code);
    expect(failed.error).toMatchObject({
      errorType: 'SYNTAX_ERROR',
      message: expect.stringMatching(message) as unknown,
    });
    expect(failed.lines('stderr').at(-1)).toMatch(message);
  });

  test('takes a SyntaxError that running code raises for an error at run time', async () => {
    expect((await run('def handler(event):\n    return eval("(")')).error).toMatchObject({
      errorType: 'RUNTIME_ERROR',
      name: 'SyntaxError',
    });
  });

  test.each([
    ['no parameter', 'def handler():\n    return "none"', '"none"'],
    ['a default', 'def handler(event, context=None):\n    return context is not None', 'true'],
    ['any number', 'def handler(*args):\n    return len(args)', '2'],
    ['keywords only beside the event', 'def handler(event, *, flag=1):\n    return flag', '1'],
    ['a method', 'class A:\n    def h(self, event):\n        return event\nhandler = A().h', '7'],
    ['an object', 'class A:\n    def __call__(self, event, context):\n        return event\nhandler = A()', '7'],
    [
      'a decorated function',
      'import functools\ndef d(f):\n    @functools.wraps(f)\n    def w(*a, **k):\n        return f(*a, **k)\n    return w\n@d\ndef handler(event):\n    return event',
      '7',
    ],
    ['a lambda', 'handler = lambda event: event', '7'],
  ])('calls a function that takes %s', async (_, code, body) => {
    expect((await run(code, { event: 7 })).value).toEqual({ statusCode: 200, body });
  });

  test('has the exit helpers, dataclasses and imports of itself that a module has', async () => {
    const code = `
from dataclasses import dataclass
@dataclass
class A:
    x: int
def handler(event):
    import main
    return [main.A is A, exit is not None, __name__]`;
    expect((await run(code)).value).toEqual({ statusCode: 200, body: '[true,true,"main"]' });
  });

  test('does not let a file take the name of a standard module', async () => {
    const code = 'import string\ndef handler(event):\n    return [__name__, string.digits]';
    expect((await run(code, { module: 'string' })).value).toEqual({ statusCode: 200, body: '["string","0123456789"]' });
  });

  test('ends only the thread with a sys.exit inside of it', async () => {
    const code =
      'import sys, threading\ndef handler(event):\n    t = threading.Thread(target=sys.exit, args=(5,))\n    t.start()\n    t.join()\n    return 1';
    expect((await run(code)).value).toEqual({ statusCode: 200, body: '1' });
  });

  test('prints what sys.exit is given', async () => {
    const ended = await run('import sys\nprint("before")\nsys.exit("no stock")');
    expect(ended.lines('stderr')).toEqual(['no stock']);
    expect(ended.usage.exitCode).toBe(1);
  });

  test('reports a MemoryError as memory', async () => {
    expect((await run('def handler(event):\n    raise MemoryError')).error.errorType).toBe('OUT_OF_MEMORY');
  });

  test('is not confused by streams that user code closed or replaced', async () => {
    const code = `
import os, sys, io
def handler(event):
    print("one", flush=True)
    sys.stdout = io.StringIO()
    print("lost")
    os.close(1)
    os.close(2)
    sys.stderr = None
    os.closerange(3, 256)
    return "kept"`;
    const ended = await run(code);
    expect(ended.value).toEqual({ statusCode: 200, body: '"kept"' });
    expect(ended.lines()).toEqual(['one']);
  });

  test('lets out what user code’s own buffer holds', async () => {
    const code =
      'import sys, io\ndef handler(event):\n    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)))\n    print("buffered")';
    expect((await run(code)).lines()).toEqual(['buffered']);
  });

  test('takes the value of the process that was called, not of one that it forked', async () => {
    const code =
      'import os\ndef handler(event):\n    pid = os.fork()\n    if pid:\n        os.waitpid(pid, 0)\n    return "parent" if pid else "child"';
    expect((await run(code)).value).toEqual({ statusCode: 200, body: '"parent"' });
  });

  describe('functions (docs/contracts/functions.md#semantics)', () => {
    const event = {
      httpMethod: 'POST',
      path: '',
      headers: { 'content-type': 'application/json' },
      body: { a: 1 },
      rawBody: '{"a":1}',
      isBase64Encoded: false,
    };
    const call = (code: string) =>
      run(code, { convention: 'function', function: 'lambda_handler', fallbacks: ['handler'], event });
    const REQUEST = '[request.method, request.uri, request.headers, request.body.decode()]';
    const seen = ['POST', '/', { 'content-type': 'application/json' }, '{"a":1}'];

    test.each([
      [
        'a class IncomingHandler',
        `from spin_sdk.http import IncomingHandler, Request, Response\nclass IncomingHandler(IncomingHandler):\n    def handle_request(self, request: Request) -> Response:\n        return ${REQUEST}\ndef handler(event):\n    return "no"`,
      ],
      [
        'a factory',
        `class H:\n    async def handle_request(self, request):\n        return ${REQUEST}\ndef init_incoming_handler():\n    return H()`,
      ],
      ['a function handle_request', `def handle_request(request):\n    return ${REQUEST}`],
    ])('gives a request to %s', async (_, code) => {
      expect((await call(code)).value).toEqual({ statusCode: 200, headers: {}, body: seen });
    });

    test('does not take the imported base class for a handler', async () => {
      const code = 'from spin_sdk.http import IncomingHandler\ndef handler(event):\n    return event["body"]';
      expect((await call(code)).value).toEqual({ statusCode: 200, headers: {}, body: { a: 1 } });
    });

    test.each([
      ['bytes', 'Response(201, {"content-type": "text/plain"}, b"hello")', { bodyText: 'hello' }],
      ['bytes that are no UTF-8', 'Response(201, {"content-type": "text/plain"}, b"\\xff")', { bodyBase64: '/w==' }],
      ['no body', 'Response(201, {"content-type": "text/plain"})', { bodyText: '' }],
    ])('reads a Response of %s', async (_, response, body) => {
      const code = `from spin_sdk.http import Response\ndef handle_request(request):\n    return ${response}`;
      expect((await call(code)).value).toEqual({ statusCode: 201, headers: { 'content-type': 'text/plain' }, ...body });
    });

    test('refuses a Response with a status that is none', async () => {
      const code = 'from spin_sdk.http import Response\ndef handle_request(request):\n    return Response(1000)';
      expect((await call(code)).error).toMatchObject({
        errorType: 'INVALID_RESULT',
        message: expect.stringContaining('1000') as unknown,
      });
    });
  });
});
