import { BURNS, LEAST_BURNT_MS } from './support/burns';
import { LANGUAGES, useEnvironment } from './support/languages';

/** Scripts (docs/contracts/jobs.md#running, #outcome). */
describe.each(LANGUAGES)('scripts in %s', (language) => {
  const environment = useEnvironment(language);
  const run = (code: Record<'python' | 'node', string>, order = {}) =>
    environment().run({ kind: 'script', code: code[language], ...order });

  test('are whole programs with standard input and output', async () => {
    const ended = await run(
      {
        python: 'import sys\nprint(sum(int(x) for x in sys.stdin.read().split()))\n',
        node: 'const text = require("fs").readFileSync(0, "utf8");\nconsole.log(text.split(/\\s+/).reduce((a, b) => a + Number(b), 0));\n',
      },
      { stdin: '4 5 6' },
    );
    expect(ended.order).toEqual(['ready', 'start', 'log', 'output', 'result', 'usage', 'end']);
    expect(ended.only('output')).toEqual({
      t: 'output',
      stdout: '15\n',
      stderr: '',
      stdoutTruncated: false,
      stderrTruncated: false,
    });
    expect(ended.value).toBeNull();
    expect(ended.usage).toMatchObject({ exitCode: 0, signal: null });
    expect(ended.lines('stdout')).toEqual(['15']);
  });

  test('find themselves as the main program in a directory of their own', async () => {
    const ended = await run({
      python:
        'import os, sys\nprint(__name__, sys.argv, os.listdir(), os.path.dirname(os.path.abspath(__file__)) == os.getcwd(), len(sys.stdin.read()))',
      node: 'const path = require("path");\nconsole.log(require.main === module, process.argv.slice(1).map((a) => path.basename(a)), require("fs").readdirSync("."), __dirname === process.cwd(), require("fs").readFileSync("/dev/stdin").length);',
    });
    expect(ended.only('output').stdout).toBe(
      { python: "__main__ ['main.py'] ['main.py'] True 0\n", node: "true [ 'main.js' ] [ 'main.js' ] true 0\n" }[
        language
      ],
    );
  });

  test('get megabytes of input, whatever it is', async () => {
    const stdin = 'zeile ä\u0000\r\n'.repeat(90_000);
    const ended = await run(
      {
        python: 'import sys\nprint(len(sys.stdin.buffer.read()))',
        node: 'let n = 0; process.stdin.on("data", (d) => (n += d.length)).on("end", () => console.log(n));',
      },
      { stdin },
    );
    expect(ended.only('output').stdout).toBe(`${Buffer.byteLength(stdin)}\n`);
  });

  test('keep the bytes of their output up to the limit, each stream for itself', async () => {
    const ended = await run(
      {
        python: 'import os\nos.write(1, b"a\\r\\n\\xff" + "é".encode() * 50)\nos.write(2, b"12345")',
        node: 'const fs = require("fs");\nfs.writeSync(1, Buffer.concat([Buffer.from("a\\r\\n"), Buffer.from([255]), Buffer.from("é".repeat(50))]));\nfs.writeSync(2, "12345");',
      },
      { limits: { outputBytes: 13 } },
    );
    const output = ended.only('output');
    expect(output).toMatchObject({ stdoutTruncated: true, stderr: '12345', stderrTruncated: false });
    expect(output.stdout).toBe('a\r\n\ufffdééé');
  });

  test('succeed with exit code 0, whatever is on stderr', async () => {
    const ended = await run({
      python: 'import sys\nprint("bad news", file=sys.stderr)\nsys.exit(0)',
      node: 'console.error("bad news");\nprocess.exit(0);',
    });
    expect(ended.value).toBeNull();
    expect(ended.only('output').stderr).toBe('bad news\n');
  });

  test('fail with their exit code', async () => {
    const ended = await run({ python: 'import sys\nsys.exit(3)', node: 'process.exitCode = 3;' });
    expect(ended.error).toMatchObject({
      errorType: 'RUNTIME_ERROR',
      message: 'Exited: the program ended with exit code 3',
    });
    expect(ended.usage).toMatchObject({ exitCode: 3, signal: null });
  });

  test('fail with the error that nobody caught, which is also on stderr', async () => {
    const ended = await run(
      {
        python: 'import sys\nint(sys.stdin.read())',
        node: 'const text = require("fs").readFileSync(0, "utf8");\nif (isNaN(text)) throw new RangeError(`not a number: ${text}`);',
      },
      { stdin: 'four' },
    );
    const message = {
      python: "ValueError: invalid literal for int() with base 10: 'four'",
      node: 'RangeError: not a number: four',
    }[language];
    expect(ended.error).toMatchObject({ errorType: 'RUNTIME_ERROR', message });
    const { stderr } = ended.only('output');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/main\.(py", line 2|js:2)/);
    expect(stderr).not.toMatch(/narae_child/);
    expect(ended.usage.exitCode).toBe(1);
  });

  test('do not fail for an error that they dealt with', async () => {
    const ended = await run({
      python: 'import sys\ntry:\n    raise ValueError("x")\nexcept ValueError:\n    sys.exit(5)',
      node: 'process.on("uncaughtException", () => process.exit(5));\nthrow new Error("x");',
    });
    expect(ended.error.message).toBe('Exited: the program ended with exit code 5');
  });

  test('fail by a file that does not parse', async () => {
    const ended = await run({ python: 'x = 1\ny = (', node: 'const x = 1;\nconst y = (;' });
    expect(ended.error).toMatchObject({
      errorType: 'SYNTAX_ERROR',
      message: expect.stringMatching(/^SyntaxError: .* \(line 2\)$/) as unknown,
    });
    expect(ended.only('output').stderr).toContain('SyntaxError');
    expect(ended.usage.exitCode).toBe(1);
  });

  test('are killed for memory, with the output so far', async () => {
    const ended = await run(
      {
        python: 'print("begin")\nx = []\nwhile True:\n    x.append(bytearray(1 << 20))',
        node: 'console.log("begin");\nconst x = [];\nfor (;;) x.push(Buffer.alloc(1 << 20, 1));',
      },
      { limits: { memoryMb: 160 } },
    );
    expect(ended.error.errorType).toBe('OUT_OF_MEMORY');
    expect(ended.only('output').stdout).toBe('begin\n');
    expect(ended.usage).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  test('are killed at their time, with the output so far', async () => {
    const ended = await run(
      {
        python: 'import time\nprint("begin", end="")\ntime.sleep(60)',
        node: 'process.stdout.write("begin");\nsetTimeout(() => {}, 60_000);',
      },
      { limits: { timeoutMs: 400 } },
    );
    expect(ended.error.errorType).toBe('TIMEOUT');
    expect(ended.only('output').stdout).toBe('begin');
    expect(ended.lines()).toEqual(['begin']);
  });

  test('end by a signal', async () => {
    const ended = await run({
      python: 'import os, signal\nos.kill(os.getpid(), signal.SIGTERM)',
      node: 'process.kill(process.pid, "SIGTERM");\nsetTimeout(() => {}, 60_000);',
    });
    expect(ended.error.message).toBe('Killed: the code was ended by SIGTERM');
    expect(ended.usage).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  });

  test('go on until their threads and timers are done', async () => {
    const ended = await run({
      python:
        'import threading, time, atexit\natexit.register(print, "exit")\nthreading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()\nprint("main")',
      node: 'process.on("exit", () => console.log("exit"));\nsetTimeout(() => console.log("thread"), 100);\nconsole.log("main");',
    });
    expect(ended.only('output').stdout).toBe('main\nthread\nexit\n');
  });

  test('that are over at once have used the memory of their interpreter', async () => {
    for (let times = 0; times < 5; times += 1) {
      const ended = await run({ python: 'pass', node: '1' });
      expect(ended.usage.maxMemoryBytes).toBeGreaterThan(1024 * 1024);
    }
  });

  test('are measured although they are gone when they are looked at', async () => {
    const ended = await run({
      python: `x = bytearray(80 << 20)\n${BURNS.python}`,
      node: `const x = Buffer.alloc(80 << 20, 1);\n${BURNS.node}`,
    });
    expect(ended.usage.cpuMs).toBeGreaterThanOrEqual(LEAST_BURNT_MS);
    expect(ended.usage.maxMemoryBytes).toBeGreaterThan(80 * 1024 * 1024);
  });
});

describe('scripts', () => {
  const python = useEnvironment('python');
  const node = useEnvironment('node');

  test('in Python run what is said of uncaught exceptions', async () => {
    const code =
      'import sys\nsys.excepthook = lambda kind, error, trace: print("hooked", kind.__name__)\nraise KeyError("x")';
    const run = await python().run({ kind: 'script', code });
    expect(run.only('output').stdout).toBe('hooked KeyError\n');
    expect(run.error.message).toBe("KeyError: 'x'");
  });

  test.each([
    ['os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)', 'Traceback'],
    ['sys.excepthook = lambda *error: print("hooked", file=sys.stderr)\nraise KeyboardInterrupt', 'hooked'],
  ])('in Python end by an interrupt that nobody catches: %j', async (code, said) => {
    const begin = 'import atexit, os, signal, sys, time\natexit.register(print, "at exit")\n';
    const run = await python().run({ kind: 'script', code: begin + code });
    expect(run.usage).toMatchObject({ exitCode: null, signal: 'SIGINT' });
    expect(run.error.message).toBe('Killed: the code was ended by SIGINT');
    expect(run.only('output').stdout).toBe('at exit\n');
    expect(run.only('output').stderr.split(said)).toHaveLength(2);
  });

  test('in Python find in their module what `python main.py` puts there', async () => {
    const code = `
import json, os, subprocess, sys
print(json.dumps([sorted(n for n in globals() if n != "again"), type(__builtins__).__name__, __name__, __spec__]))
if len(sys.argv) == 1:
    subprocess.run([sys.executable, "-I", "-S", "main.py", "again"])`;
    const run = await python().run({ kind: 'script', code });
    const [here, usual] = run.lines('stdout');
    expect(here).toBe(usual);
  });

  test('in Python print what sys.exit is given', async () => {
    const run = await python().run({ kind: 'script', code: 'import sys\nsys.exit("no stock")' });
    expect(run.only('output').stderr).toBe('no stock\n');
    expect(run.error.message).toBe('Exited: the program ended with exit code 1');
  });

  test('in Node may be ES modules', async () => {
    const code =
      'import { readFileSync } from "node:fs";\nconst text = await Promise.resolve(readFileSync(0, "utf8"));\nconsole.log(text.length);';
    const run = await node().run({ kind: 'script', code, stdin: 'four' });
    expect(run.only('output').stdout).toBe('4\n');
  });

  test.each([
    ['console.log(await 1)', '1\n'],
    ['for await (const x of [2]) console.log(x)', '2\n'],
    ['const require = 3;\nconsole.log(require, typeof module)', '3 undefined\n'],
    ['const __dirname = 4;\nconsole.log(__dirname)', '4\n'],
  ])('in Node are ES modules where they are no CommonJS: %j', async (code, stdout) => {
    const run = await node().run({ kind: 'script', code });
    expect(run.only('output')).toMatchObject({ stdout, stderr: '' });
    expect(run.value).toBeNull();
  });

  test('in Node run once, also if their last error looks like the compiler’s', async () => {
    const code = 'console.log(await "once");\nawait import("data:text/javascript,let y = ;");';
    const run = await node().run({ kind: 'script', code });
    expect(run.only('output').stdout).toBe('once\n');
    expect(run.error).toMatchObject({ errorType: 'RUNTIME_ERROR', name: 'SyntaxError' });
  });

  test.each([
    ['await new Promise(() => {});', 13],
    ['process.on("exit", () => console.log("exit"));\nawait new Promise(() => {});\nexport {};', 13],
    ['process.exitCode = 5;\nawait new Promise(() => {});', 5],
    ['setTimeout(() => process.exit(), 5);\nawait new Promise(() => {});', 0],
    ['await 1;\nvoid new Promise(() => {});', 0],
  ])('in Node end with the code of a promise that nobody settles: %j', async (code, exitCode) => {
    const run = await node().run({ kind: 'script', code });
    expect(run.usage).toMatchObject({ exitCode, signal: null });
    expect(run.only('output').stderr).toBe(exitCode === 13 ? 'Warning: Detected unsettled top-level await\n' : '');
  });

  test('in Node fail by a rejection in an ES module', async () => {
    const code = 'const x = 1;\nawait Promise.reject(new RangeError("late"));\nexport {};';
    const run = await node().run({ kind: 'script', code });
    expect(run.error).toMatchObject({ errorType: 'RUNTIME_ERROR', message: 'RangeError: late' });
    expect(run.usage.exitCode).toBe(1);
  });

  test('in Node fail by an ES module that does not parse', async () => {
    const run = await node().run({ kind: 'script', code: 'import fs from "fs";\nconst y = (;' });
    expect(run.error).toMatchObject({
      errorType: 'SYNTAX_ERROR',
      message: expect.stringMatching(/\(line 2\)$/) as unknown,
    });
  });
});
