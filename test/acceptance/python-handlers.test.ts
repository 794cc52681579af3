import { completed, linesOf, run, valueOf } from '../support/invocations';

const runtime = 'python';

/** See docs/contracts/invocations.md#calling-the-handler. */
describe('a Python handler', () => {
  test.each([
    ['def handler(event):\n    return [event]', [[1]]],
    ['def handler(event, context):\n    return [event, context is not None]', [[1], true]],
    ['def handler(event, context=None):\n    return context is not None', true],
    ['def handler(event, *, context=None):\n    return context is None', true],
    ['def handler(*args):\n    return len(args)', 2],
    ['async def handler(event):\n    return event', [1]],
    [
      'import asyncio\nasync def handler(event, context):\n    await asyncio.sleep(0)\n    return context is not None',
      true,
    ],
    ['handler = lambda event: event', [1]],
    ['import functools\ndef two(a, event):\n    return [a, event]\nhandler = functools.partial(two, 0)', [0, [1]]],
    ['class Greeter:\n    def __call__(self, event):\n        return event\nhandler = Greeter()', [1]],
    [
      'class Greeter:\n    def run(self, event, context):\n        return context is not None\nhandler = Greeter().run',
      true,
    ],
  ])('is called by how many positional parameters it takes: %s', async (code, expected) => {
    expect(await valueOf({ code, runtime, payload: [1] })).toEqual(expected);
  });

  test('is given a context', async () => {
    const code = [
      'def handler(event, context):',
      '    left = context.get_remaining_time_ms()',
      '    return {"id": context.invocationId, "runtime": context.runtime, "memoryMb": context.memoryMb,',
      '            "timeoutMs": context.timeoutMs, "leftIsSane": 0 < left <= 20000}',
    ].join('\n');
    const { invocationId, result } = await completed({ code, runtime: 'python3.9', memoryMb: 300, timeoutMs: 20_000 });
    expect(JSON.parse(result.body)).toEqual({
      id: invocationId,
      runtime: 'python3.13',
      memoryMb: 300,
      timeoutMs: 20_000,
      leftIsSane: true,
    });
  });

  test.each([
    ['greet', 'def greet(event):\n    return 1'],
    ['main.greet', 'def greet(event):\n    return 1'],
    ['_private.__run', 'def __run(event):\n    return 1'],
  ])('may be called %s', async (handler, code) => {
    expect(await valueOf({ code, runtime, handler })).toBe(1);
  });

  test('is in a file named after the module', async () => {
    const code = 'import os\ndef run(event):\n    return [__name__, os.path.basename(__file__)]';
    expect(await valueOf({ code, runtime, handler: 'orders.run' })).toEqual(['orders', 'orders.py']);
  });

  test('may bear the name of a module of the standard library', async () => {
    const code = 'import json\ndef handler(event):\n    return json.dumps([1])';
    expect(await valueOf({ code, runtime, handler: 'string.handler' })).toBe('[1]');
  });

  test('finds the file imported once, and its output kept', async () => {
    const code = 'print("loaded")\ndef handler(event):\n    print("called")\n';
    const { invocationId } = await completed({ code, runtime });
    expect(await linesOf(invocationId)).toEqual(['loaded', 'called']);
  });

  test('starts from scratch each time', async () => {
    const code = [
      'import os, pathlib, tempfile',
      'count = 0',
      'def handler(event):',
      '    global count',
      '    count += 1',
      '    seen = sorted(p.name for p in pathlib.Path(tempfile.gettempdir()).glob("left-*"))',
      '    pathlib.Path(tempfile.gettempdir(), "left-behind").write_text("x")',
      '    return [count, seen]',
    ].join('\n');
    expect(await valueOf({ code, runtime })).toEqual([1, []]);
    expect(await valueOf({ code, runtime })).toEqual([1, []]);
  });

  test('has nothing of the platform in its environment', async () => {
    const code = 'import os\ndef handler(event):\n    return sorted(os.environ)';
    const names = await valueOf({ code, runtime, env: { MINE: '1' } });
    expect(names).toContain('MINE');
    expect((names as string[]).filter((name) => /^(AWS|NARAE|LAMBDA|_HANDLER|_X_AMZN)/.test(name))).toEqual([]);
  });

  test('may use what a program may: threads, subprocesses, files', async () => {
    const code = [
      'import subprocess, sys, tempfile, threading',
      'def handler(event):',
      '    seen = []',
      '    thread = threading.Thread(target=lambda: seen.append("thread"))',
      '    thread.start(); thread.join()',
      '    seen.append(subprocess.run([sys.executable, "-c", "print(1+1)"], capture_output=True, text=True).stdout.strip())',
      '    with tempfile.TemporaryFile("w+") as file:',
      '        file.write("file"); file.seek(0); seen.append(file.read())',
      '    return seen',
    ].join('\n');
    expect(await valueOf({ code, runtime })).toEqual(['thread', '2', 'file']);
  });

  test('finds nothing on its standard input', async () => {
    const code = 'import sys\ndef handler(event):\n    return sys.stdin.read()';
    expect(await valueOf({ code, runtime })).toBe('');
  });

  test('that closes its standard output still returns its result', async () => {
    const code = 'import os\ndef handler(event):\n    os.close(1); os.close(2)\n    return "fine"';
    expect((await run({ code, runtime })).result?.body).toBe('"fine"');
  });
});
